import type { V1Pod } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { execInPod } from './exec-in-pod.ts';
import type { KubeClient } from './kube-client.ts';
import { readContainer, readName, readUid, readWorkload } from './lab-pods.ts';
import { LIFE_COMMAND, parseLife, type Life } from './life.ts';

interface LivesOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly logger: Logger;
  /** How long an answer counts, in milliseconds: each costs a process in the pod. @default 400 */
  readonly keepMs?: number;
  /** How long a pod may take to answer, in milliseconds. @default 3000 */
  readonly timeoutMs?: number;
}

/** The notes of the launchers in the pods of Kafka and ZooKeeper. */
export interface Lives {
  /** The life of a pod's program: read now or a moment ago, or the last known one when the pod does not answer. */
  read(pod: V1Pod): Promise<Life | undefined>;
  /** Makes the next reading a new one, because something was done to the pod. */
  invalidate(uid: string): void;
  /** For a pod that is gone. */
  forget(uid: string): void;
}

interface Reading {
  readonly life: Promise<Life | undefined>;
  /** When the pod answered; nothing while it has not. */
  answeredAt: number | undefined;
}

/** Nothing is known yet. Each reading is a command in a pod, so one answer serves all who ask within a moment. */
export function createLives(options: LivesOptions): Lives {
  const { client, namespace, logger, keepMs = 400, timeoutMs = 3000 } = options;
  const readings = new Map<string, Reading>();
  const lastKnown = new Map<string, Life>();

  const ask = async (pod: V1Pod): Promise<Life | undefined> => {
    const uid = readUid(pod);
    const name = readName(pod);
    const container = readWorkload(pod) ?? '';
    try {
      const { stdout } = await execInPod(client, { namespace, pod: name, container, command: LIFE_COMMAND, timeoutMs });
      const life = parseLife(stdout);
      if (life !== undefined && readings.has(uid)) lastKnown.set(uid, life);
      return life ?? lastKnown.get(uid);
    } catch (error) {
      logger.debug(`${name} gives no sign of life: ${messageOf(error)}`);
      return lastKnown.get(uid);
    }
  };
  const start = (pod: V1Pod): Reading => {
    const reading: Reading = { life: ask(pod), answeredAt: undefined };
    void reading.life.then(() => (reading.answeredAt = performance.now()));
    readings.set(readUid(pod), reading);
    return reading;
  };
  return {
    async read(pod) {
      const uid = readUid(pod);
      // Without a container that runs there is nobody to ask.
      if (!readContainer(pod)?.state?.running) return lastKnown.get(uid);
      let reading = readings.get(uid);
      const answeredAt = reading?.answeredAt ?? Infinity;
      if (reading === undefined || performance.now() - answeredAt > keepMs) reading = start(pod);
      await reading.life;
      // What was asked before something was done to the pod is no answer any more.
      return (readings.get(uid) ?? start(pod)).life;
    },
    invalidate: (uid) => void readings.delete(uid),
    forget(uid) {
      readings.delete(uid);
      lastKnown.delete(uid);
    },
  };
}
