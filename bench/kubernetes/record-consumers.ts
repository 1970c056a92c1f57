import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { parseLogMark, type LogMark } from './log-marks.ts';
import type { PodSighting } from './step-marks.ts';

/** What is seen of the consumers while it runs: their pods, by the platform's watch, and what their logs say. */
export interface ConsumerRecorder {
  readonly sightings: readonly PodSighting[];
  readonly lines: readonly LogMark[];
  stop(): Promise<void>;
}

/** Between two looks at what the watch knows: not every change of a pod is an event of the port. */
const LOOK_MS = 20;
/** All lines of a pod that has just been made. */
const FROM_THE_START = 1000;
const FOLLOW_ATTEMPTS = 20;
const FOLLOW_AGAIN_MS = 250;

type MutableSighting = { -readonly [Key in keyof PodSighting]: PodSighting[Key] };

/** Begins to record. Replicas that are there already are followed from now on, newcomers from their first line. */
export async function recordConsumers(platform: PlatformWith<'logs'>, logger: Logger): Promise<ConsumerRecorder> {
  const ending = new AbortController();
  const { signal } = ending;
  const sightings = new Map<string, MutableSighting>();
  const lines: LogMark[] = [];
  const tasks: Promise<void>[] = [];

  const follow = async (replica: string, tail: number): Promise<void> => {
    for await (const line of platform.readLogs(replica, { tail, follow: true, signal })) {
      const mark = parseLogMark(line, replica, Date.now());
      if (mark !== undefined) lines.push(mark);
    }
  };
  /** A replica that has just been made may not have a log yet. */
  const followPatiently = async (replica: string, tail: number): Promise<void> => {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await follow(replica, tail);
        return;
      } catch (error) {
        logger.debug(`the log of ${replica} cannot be followed: ${messageOf(error)}`);
        if (attempt === FOLLOW_ATTEMPTS) return;
      }
      await delay(FOLLOW_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const note = (replica: Replica, at: number, tail: number): MutableSighting => {
    let sighting = sightings.get(replica.name);
    if (sighting === undefined) {
      sighting = { replica: replica.name, seenAt: at };
      sightings.set(replica.name, sighting);
      tasks.push(followPatiently(replica.name, tail));
    }
    // A pod that has no node yet has no zone either, and is named as such by the platform.
    if (replica.node !== 'unscheduled') sighting.scheduledAt ??= at;
    if (replica.startedAt !== undefined) sighting.runningAt ??= at;
    if (replica.phase === 'ready') sighting.readyAt ??= at;
    if (replica.phase === 'terminating') sighting.terminatingAt ??= at;
    return sighting;
  };
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const replicas = await platform.listReplicas('consumer');
        const now = Date.now();
        for (const replica of replicas) note(replica, now, FROM_THE_START);
      } catch (error) {
        logger.debug(`the consumers are not listed: ${messageOf(error)}`);
      }
      await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  };

  const unsubscribe = platform.subscribe((event) => {
    if ((event.kind !== 'phase' && event.kind !== 'removed') || event.replica.workload !== 'consumer') return;
    const sighting = note(event.replica, event.at, FROM_THE_START);
    if (event.kind === 'removed') sighting.removedAt ??= event.at;
  });
  try {
    for (const replica of await platform.listReplicas('consumer')) note(replica, Date.now(), 0);
  } catch (error) {
    unsubscribe();
    ending.abort();
    throw error;
  }
  tasks.push(look());
  return {
    get sightings() {
      return [...sightings.values()];
    },
    lines,
    async stop() {
      unsubscribe();
      ending.abort();
      await Promise.all(tasks);
    },
  };
}
