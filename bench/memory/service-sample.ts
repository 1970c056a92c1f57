import type { BenchProcess } from '../bench-process.ts';

/** A service under measurement. */
export interface MeasuredService {
  readonly process: BenchProcess;
  readonly url: string;
}

/** What a process had taken of the machine at one moment. */
export interface ServiceSample {
  readonly residentMiB: number;
  /** Heap in use, garbage that was not collected yet included; NaN when the service did not answer in time. */
  readonly heapMiB: number;
  /** CPU time since its start, in milliseconds. */
  readonly cpuMs: number;
}

const ANSWER_TIMEOUT_MS = 900;

export async function sampleService({ process, url }: MeasuredService): Promise<ServiceSample> {
  const [residentMiB, cpuMs] = [process.residentMiB(), process.cpuMs()];
  return { residentMiB, cpuMs, heapMiB: await readHeapMiB(url) };
}

async function readHeapMiB(url: string): Promise<number> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return parseHeapMiB(await response.text());
  } catch {
    return NaN;
  }
}

/** @param metrics in the text format of Prometheus */
export function parseHeapMiB(metrics: string): number {
  const match = /^nodejs_heap_size_used_bytes (\S+)$/m.exec(metrics);
  return match === null ? NaN : Number(match[1]) / 2 ** 20;
}
