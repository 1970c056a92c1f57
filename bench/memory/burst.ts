import type { BenchCluster } from '../bench-cluster.ts';
import type { SuiteContext } from '../suite.ts';
import { waitUrl } from '../throughput/http-services.ts';
import { withProcesses } from '../throughput/run-process.ts';
import { buildBatchBody, createBatchClient } from './batch-client.ts';

/** What one burst did to a producer. */
export interface Burst {
  readonly beforeMiB: number;
  readonly peakMiB: number;
  readonly afterMiB: number;
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly stored: number;
  /** Batches by their answer. */
  readonly answers: ReadonlyMap<string, number>;
}

const BURSTS = 5;
export const BURST_BATCHES = 100;
export const BURST_BATCH_RECORDS = 1000;
export const BURST_VALUE_BYTES = 200;
const SAMPLE_MS = 20;

/** Bursts of 100,000 records on a new producer, each when the one before is answered. */
export async function measureBursts(cluster: BenchCluster, { signal, tell }: SuiteContext): Promise<readonly Burst[]> {
  const topics = await cluster.createTopics('burst');
  const producer = cluster.startService('producer', 'producer-1', topics);
  return withProcesses([producer], signal, async () => {
    const client = createBatchClient(await waitUrl(producer), BURST_BATCHES);
    const postEverywhere = (body: string) =>
      Promise.all(Array.from({ length: BURST_BATCHES }, () => client.post(body)));
    // Every connection is there before: a burst comes at once.
    await postEverywhere(buildBatchBody(1, BURST_VALUE_BYTES));
    const body = buildBatchBody(BURST_BATCH_RECORDS, BURST_VALUE_BYTES);
    const bursts: Burst[] = [];
    while (bursts.length < BURSTS) {
      signal.throwIfAborted();
      tell(`burst ${String(bursts.length + 1)} of ${String(BURSTS)}`);
      const [beforeMiB, cpuBefore, startedAt] = [producer.residentMiB(), producer.cpuMs(), performance.now()];
      let peakMiB = beforeMiB;
      const watch = setInterval(() => (peakMiB = Math.max(peakMiB, producer.residentMiB())), SAMPLE_MS);
      const batches = await postEverywhere(body).finally(() => clearInterval(watch));
      const tookMs = performance.now() - startedAt;
      const answers = new Map<string, number>();
      for (const { kind } of batches) answers.set(kind, (answers.get(kind) ?? 0) + 1);
      const afterMiB = producer.residentMiB();
      bursts.push({
        beforeMiB,
        peakMiB: Math.max(peakMiB, afterMiB),
        afterMiB,
        tookMs,
        cpuMs: producer.cpuMs() - cpuBefore,
        stored: batches.reduce((sum, { stored }) => sum + stored, 0),
        answers,
      });
    }
    client.close();
    return bursts;
  });
}
