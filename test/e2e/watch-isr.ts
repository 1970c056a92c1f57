import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import { type } from '../typed-command.ts';

interface KcatPartition {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly unknown[];
  readonly isrs: readonly unknown[];
}

/** The worst that was seen of any partition while it was watched. */
export interface IsrSeen {
  readonly samples: number;
  readonly smallestIsr: number;
  /** Samples in which some partition had no leader. */
  readonly leaderless: number;
}

export interface IsrWatch {
  stop(): Promise<IsrSeen>;
}

const SAMPLE_MS = 300;

/** Looks at every partition of the cluster again and again, with a client of another make. */
export function watchIsr(brokers: readonly string[]): IsrWatch {
  const seen = { samples: 0, smallestIsr: Infinity, leaderless: 0 };
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const partitions = await readPartitions(brokers).catch(() => []);
      if (partitions.length > 0) {
        seen.samples += 1;
        seen.smallestIsr = Math.min(seen.smallestIsr, ...partitions.map(({ isrs }) => isrs.length));
        if (partitions.some(({ leader }) => leader < 0)) seen.leaderless += 1;
      }
      await delay(SAMPLE_MS);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await watching;
      return seen;
    },
  };
}

/** Waits until every copy of every partition is in sync. */
export async function waitFullIsr(brokers: readonly string[], timeoutMs: number): Promise<void> {
  await waitUntil(
    async () => {
      const partitions = await readPartitions(brokers);
      const behind = partitions.filter(({ isrs, replicas }) => isrs.length < replicas.length);
      if (behind.length > 0) throw new Error(`${String(behind.length)} of ${String(partitions.length)} are behind`);
      return partitions.length > 0 ? true : undefined;
    },
    { what: 'all copies to be in sync', timeoutMs, intervalMs: 250 },
  );
}

async function readPartitions(brokers: readonly string[]): Promise<readonly KcatPartition[]> {
  const { code, output } = await type(`kcat -b ${brokers.join(',')} -L -J -m 5 2>/dev/null`);
  if (code !== 0) throw new Error('no broker answers');
  const { topics } = JSON.parse(output) as { topics: { partitions: KcatPartition[] }[] };
  return topics.flatMap(({ partitions }) => partitions);
}
