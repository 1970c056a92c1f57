import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLargeGroup, type LargeGroupOptions } from './large-group.ts';

export interface PassesOptions extends LargeGroupOptions {
  readonly passes: number;
  /** How many passes are made before CPU and memory are looked at. */
  readonly warmUp: number;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

export interface Passes {
  /** CPU time of all threads of this process for each pass after the warm-up, in milliseconds. */
  readonly cpuMs: readonly number[];
  /** The same for the snapshot as JSON, in some of the passes. */
  readonly jsonCpuMs: readonly number[];
  /** Length of the last snapshot as JSON. */
  readonly jsonBytes: number;
  /** What is in use of the heap after a garbage collection: after the warm-up, and after the last pass. */
  readonly heapBytes: readonly [after: number, end: number];
}

const JSON_EVERY = 100;
const TURN_EVERY = 50;
const COLLECTIONS = 10;

/** Makes passes over a large group, one after the other, and measures each. */
export async function measurePasses({ passes, warmUp, signal, ...size }: PassesOptions): Promise<Passes> {
  const collectGarbage = exposeGarbageCollection();
  const group = createLargeGroup(size);
  const [cpuMs, jsonCpuMs]: [number[], number[]] = [[], []];
  let jsonBytes = 0;
  let heapAfter = NaN;
  for (let number = 1; number <= passes; number += 1) {
    const pass = group.prepare(number);
    const { cpuMs: used, result } = measureCpu(pass);
    if (number > warmUp) cpuMs.push(used);
    if (number % JSON_EVERY === 0) {
      const json = measureCpu(() => JSON.stringify(result));
      jsonBytes = Buffer.byteLength(json.result);
      if (number > warmUp) jsonCpuMs.push(json.cpuMs);
    }
    if (number === warmUp) heapAfter = readHeap(collectGarbage);
    if (number % TURN_EVERY === 0) {
      await nextTurn();
      signal.throwIfAborted();
    }
  }
  return { cpuMs, jsonCpuMs, jsonBytes, heapBytes: [heapAfter, readHeap(collectGarbage)] };
}

function measureCpu<T>(work: () => T): { readonly cpuMs: number; readonly result: T } {
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, result };
}

function readHeap(collectGarbage: () => void): number {
  // Code that is not used any more goes with the last of several collections; it is not the model's.
  for (let time = 0; time < COLLECTIONS; time += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The garbage collector, also where the process was started without a flag for it. */
function exposeGarbageCollection(): () => void {
  if (globalThis.gc !== undefined) return () => globalThis.gc?.();
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
