import path from 'node:path';

/** Where the cluster of one test run keeps its data; jars are shared with the lab. */
export const CACHE_DIR = path.resolve(import.meta.dirname, '../../.lab');
export const CLUSTER_DIR = path.join(CACHE_DIR, 'test');
