/**
 * Load on one HTTP service, by autocannon, in a process of its own so that measuring disturbs nothing else. Says
 * when it begins to measure, and at the end what it measured.
 */
import autocannon from 'autocannon';
import { setTimeout as delay } from 'node:timers/promises';
import { finish, readInstructions, report } from './peer-process.ts';
import { buildBatchBodies, buildSingleBodies } from './records.ts';

export interface HttpLoadInstructions {
  readonly url: string;
  readonly bodies: 'single' | 'batch';
  readonly connections: number;
  /** Load before measuring, in seconds; 0 for none, and always with a number of requests. */
  readonly warmUpSeconds: number;
  /** How long is measured: by the clock, or so many requests. */
  readonly measure: { readonly seconds: number } | { readonly requests: number };
}

const SAMPLE_MS = 50;
/** The load goes on behind what is measured, until this process is ended. */
const SPARE_SECONDS = 30;

interface Measured {
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly otherAnswers: number;
}

const { url, bodies, connections, warmUpSeconds, measure } = readInstructions() as HttpLoadInstructions;
const requests = (bodies === 'single' ? buildSingleBodies() : buildBatchBodies()).map((body) => ({ body }));

const { seconds, latenciesMs, otherAnswers } = await run();
finish({
  seconds,
  stored: latenciesMs.length,
  otherAnswers,
  p50Ms: pick(latenciesMs, 0.5),
  p99Ms: pick(latenciesMs, 0.99),
});

/** One load for warm-up and measuring: what is under way when measuring begins counts, as what is at its end does not. */
async function run(): Promise<Measured> {
  const latencies: number[] = [];
  let otherAnswers = 0;
  let isMeasuring = false;
  let turn = 0;
  const load = autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections,
    ...('seconds' in measure
      ? { duration: warmUpSeconds + measure.seconds + SPARE_SECONDS }
      : { amount: measure.requests }),
    sampleInt: SAMPLE_MS,
    requests,
    // Every connection begins elsewhere: otherwise all would send the same key, to the same partition, at the same time.
    setupClient: (client) => {
      const first = Math.floor((turn * requests.length) / connections) % requests.length;
      turn += 1;
      client.setRequests([...requests.slice(first), ...requests.slice(0, first)].map((request) => ({ ...request })));
    },
  });
  let lastAt = NaN;
  load.on('response', (_client, status, _bytes, tookMs) => {
    if (!isMeasuring) return;
    lastAt = performance.now();
    if (status === 200 || status === 201) latencies.push(tookMs);
    else otherAnswers += 1;
  });
  load.on('reqError', () => (otherAnswers += 1));
  await delay(warmUpSeconds * 1000);
  const startedAt = performance.now();
  isMeasuring = true;
  report('measuring', true);
  await ('seconds' in measure ? delay(measure.seconds * 1000) : load);
  isMeasuring = false;
  const tookMs = ('seconds' in measure ? performance.now() : lastAt) - startedAt;
  return { seconds: tookMs / 1000, latenciesMs: latencies.sort((a, b) => a - b), otherAnswers };
}

function pick(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
