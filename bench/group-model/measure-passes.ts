import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLargeGroup, type LargeGroup, type LargeGroupOptions } from './large-group.ts';

export interface PassesOptions extends LargeGroupOptions {
  readonly passes: number;
  /** How many passes are made before CPU and memory are looked at. */
  readonly warmUp: number;
}

export interface Passes {
  /** CPU time of all threads of this process for each pass after the warm-up, in milliseconds. */
  readonly cpuMs: readonly number[];
  /** The same for the snapshot as JSON, in some of the passes. */
  readonly jsonCpuMs: readonly number[];
  /** Length of the last snapshot as JSON. */
  readonly jsonBytes: number;
  /** What is in use of the heap after a garbage collection: after the warm-up, and every 1,000 passes from there. */
  readonly heapBytes: readonly number[];
}

const JSON_EVERY = 100;
const HEAP_EVERY = 1000;
const COLLECTIONS = 10;

/** Makes passes over a large group, one after the other, and measures each. */
export function measurePasses({ passes, warmUp, ...size }: PassesOptions): Passes {
  const collectGarbage = exposeGarbageCollection();
  const group = createLargeGroup(size);
  // Room for what is measured is made before the heap is looked at.
  const cpuMs = new Float64Array(passes + 1);
  const jsonCpuMs = new Float64Array(Math.ceil(passes / JSON_EVERY));
  const heapBytes = new Float64Array(Math.floor((passes - warmUp) / HEAP_EVERY) + 1);
  for (let look = 1; look <= passes; look += 1) {
    makePass(group, look, cpuMs, jsonCpuMs);
    const isSample = look >= warmUp && (look - warmUp) % HEAP_EVERY === 0;
    if (isSample) heapBytes[(look - warmUp) / HEAP_EVERY] = readHeap(collectGarbage);
  }
  // Made last: a group that is not needed any more would not be in the heap.
  const jsonBytes = Buffer.byteLength(JSON.stringify(group.prepare(passes + 1)()));
  return {
    cpuMs: [...cpuMs.subarray(warmUp + 1)],
    jsonCpuMs: [...jsonCpuMs.subarray(Math.ceil(warmUp / JSON_EVERY))],
    jsonBytes,
    heapBytes: [...heapBytes],
  };
}

/** A function of its own, so that nothing of a pass outlives it. */
function makePass(group: LargeGroup, look: number, cpuMs: Float64Array, jsonCpuMs: Float64Array): void {
  const pass = measureCpu(group.prepare(look));
  cpuMs[look] = pass.cpuMs;
  if (look % JSON_EVERY !== 0) return;
  jsonCpuMs[look / JSON_EVERY - 1] = measureCpu(() => JSON.stringify(pass.result)).cpuMs;
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
