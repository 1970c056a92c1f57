import type { HttpLoadInstructions } from '../peers/http-load.ts';
import type { BenchProcess } from '../bench-process.ts';
import { runPeer } from './run-process.ts';

/** What a load on a service measured. */
export interface HttpMeasurement {
  readonly requestsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Answers that do not say stored, and requests without an answer. */
  readonly otherAnswers: number;
  /** CPU time of the service for one request, in microseconds. */
  readonly cpuUsPerRequest: number;
}

/** Connections at which services are compared. */
export const CONNECTIONS = [1, 16, 64] as const;

/** Puts load on a service, and says what it stood. */
export async function measureHttp(
  service: BenchProcess,
  instructions: HttpLoadInstructions,
  signal: AbortSignal,
): Promise<HttpMeasurement> {
  let cpuBefore = NaN;
  const result = await runPeer('http-load.ts', instructions, signal, () => (cpuBefore = service.cpuMs()));
  const cpuMs = service.cpuMs() - cpuBefore;
  // The peer is part of this program: its words are typed by its own source.
  const { seconds, stored, otherAnswers, p50Ms, p99Ms } = result as {
    seconds: number;
    stored: number;
    otherAnswers: number;
    p50Ms: number | null;
    p99Ms: number | null;
  };
  return {
    requestsPerSecond: stored / seconds,
    p50Ms,
    p99Ms,
    otherAnswers,
    cpuUsPerRequest: (cpuMs * 1000) / (stored + otherAnswers),
  };
}
