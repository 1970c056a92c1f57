import { createLabObserver, type LabObserver } from '../../verify/history/lab-observer.ts';
import { APP_TOPIC } from '../../lib/contracts/topics.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { connectKubernetesPlatform, type KubernetesPlatform } from '../../platforms/kubernetes/kubernetes-platform.ts';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { waitUntil } from '../../platforms/wait-until.ts';

/** The lab on kind as a test sees it. */
export interface ConnectedLab {
  readonly platform: KubernetesPlatform;
  readonly observer: LabObserver;
  readonly topic: string;
  /** Waits until a workload has so many replicas, all ready. */
  waitReady(workload: Workload, count: number, timeoutMs?: number): Promise<readonly Replica[]>;
  close(): Promise<void>;
}

export async function connectLab(): Promise<ConnectedLab> {
  const logger = createSilentLogger();
  const platform = await connectKubernetesPlatform({ logger });
  const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
  return {
    platform,
    observer,
    topic: APP_TOPIC,
    waitReady: (workload, count, timeoutMs = 120_000) =>
      waitUntil(
        async () => {
          const replicas = await platform.listReplicas(workload);
          const late = replicas.filter(({ phase }) => phase !== 'ready');
          if (late.length > 0 || replicas.length !== count) {
            throw new Error(replicas.map(({ name, phase }) => `${name} ${phase}`).join(', '));
          }
          return replicas;
        },
        { what: `${String(count)} ready replicas of ${workload}`, timeoutMs, intervalMs: 500 },
      ),
    async close() {
      await observer.close();
      await platform.close();
    },
  };
}
