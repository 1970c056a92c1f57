/** Entry of a thread that makes passes, and posts what it measured. */
import { parentPort, workerData } from 'node:worker_threads';
import { measurePasses, type PassesOptions } from './measure-passes.ts';

parentPort?.postMessage(measurePasses(workerData as PassesOptions));
