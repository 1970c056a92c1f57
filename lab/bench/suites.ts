import type { Suite } from './suite.ts';

/** All benchmarks, in the order in which they run and stand on the page. */
export const SUITES: readonly Suite[] = [];
