import { EventEmitter } from 'node:events';
import type { V1Pod } from '@kubernetes/client-node';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Phase, Replica } from '../../lib/contracts/replica.ts';
import type { DescribedReplica } from './describe-replica.ts';
import { isReplica, readUid } from './lab-pods.ts';
import { readEndReason, readPhase } from './read-phase.ts';
import type { Change } from './watch-resource.ts';

interface ReplicaEventsOptions {
  /** What a pod is as a replica. */
  readonly describe: (pod: V1Pod) => Promise<DescribedReplica | undefined>;
  /** The pod as it is known now. */
  readonly findPod: (uid: string) => V1Pod | undefined;
  readonly logger: Logger;
  /** How soon a replica in a phase that passes is looked at again, in milliseconds. @default 1000 */
  readonly lookMs?: number;
}

/** Phases that end without an event of the pod when a launcher restarts its program. */
const PASSING: ReadonlySet<Phase> = new Set<Phase>(['starting', 'failed', 'unready']);

/**
 * Tells subscribers what happens to replicas. Each phase is told once, by whomever it was noticed first: the watch of
 * the pods, a listing, or another look at a broker whose launcher restarts it without its pod noticing.
 */
export class ReplicaEvents {
  readonly #options: ReplicaEventsOptions;
  readonly #emitter = new EventEmitter<{ event: [PlatformEvent] }>().setMaxListeners(100);
  /** The phase that was told last, by uid. */
  readonly #told = new Map<string, Phase>();
  /** Changes are taken in one after the other, by uid. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #looks = new Map<string, NodeJS.Timeout>();

  constructor(options: ReplicaEventsOptions) {
    this.#options = options;
  }

  subscribe(listener: (event: PlatformEvent) => void): () => void {
    const guarded = (event: PlatformEvent): void => {
      try {
        listener(event);
      } catch (error) {
        this.#options.logger.error({ err: error }, 'a subscriber of the platform failed');
      }
    };
    this.#emitter.on('event', guarded);
    return () => void this.#emitter.off('event', guarded);
  }

  emit(event: PlatformEvent): void {
    this.#emitter.emit('event', event);
  }

  /** Takes in what the watch of the pods tells. */
  takeChange(change: Change<V1Pod>): void {
    const { object: pod } = change;
    const uid = readUid(pod);
    const queue = (this.#queues.get(uid) ?? Promise.resolve())
      .then(() => this.#settle(change))
      .catch((error: unknown) => this.#options.logger.debug(`a change of a pod was not reported: ${messageOf(error)}`))
      .finally(() => {
        if (this.#queues.get(uid) === queue) this.#queues.delete(uid);
      });
    this.#queues.set(uid, queue);
  }

  /** Takes in a replica that somebody has just described. What was there from the beginning is no event. */
  notice(described: DescribedReplica): void {
    const { uid } = described.replica;
    if (this.#told.has(uid)) this.#note(described, undefined);
    // A change that is being taken in will be told with what came before it.
    else if (!this.#queues.has(uid)) this.#remember(described);
  }

  stop(): void {
    for (const look of this.#looks.values()) clearTimeout(look);
    this.#looks.clear();
    this.#emitter.removeAllListeners();
  }

  async #settle(change: Change<V1Pod>): Promise<void> {
    const { kind, object: pod } = change;
    const was = kind === 'changed' ? isReplica(change.before) : kind === 'removed' && isReplica(pod);
    const is = kind !== 'removed' && isReplica(pod);
    if (!was && !is) return;
    const described = await this.#options.describe(pod);
    if (described === undefined) return;
    if (is) {
      this.#note(described, kind === 'changed' ? readPhase(change.before).phase : undefined);
      return;
    }
    this.#told.delete(readUid(pod));
    this.#cancelLook(readUid(pod));
    this.emit({
      at: Date.now(),
      kind: 'removed',
      replica: { ...described.replica, phase: 'terminating' },
      reason: readEndReason(pod) ?? 'deleted',
    });
  }

  /** @param before the phase that the pod alone had, for a replica of which nothing was told yet */
  #note(described: DescribedReplica, before: Phase | undefined): void {
    const { replica, reason } = described;
    const from = this.#told.get(replica.uid) ?? before;
    this.#remember(described);
    if (replica.phase === from) return;
    const event = { at: Date.now(), kind: 'phase', replica, from } as const;
    this.emit(reason === undefined ? event : { ...event, reason });
  }

  #remember({ replica }: DescribedReplica): void {
    this.#told.set(replica.uid, replica.phase);
    this.#lookAgain(replica);
  }

  #lookAgain({ uid, workload, phase }: Replica): void {
    this.#cancelLook(uid);
    const hasLauncher = workload === 'kafka' || workload === 'zookeeper';
    if (!hasLauncher || !PASSING.has(phase) || this.#emitter.listenerCount('event') === 0) return;
    const look = setTimeout(() => {
      const pod = this.#options.findPod(uid);
      if (pod === undefined) return;
      this.#options.describe(pod).then(
        (described) => {
          if (described !== undefined && this.#options.findPod(uid) === pod) this.notice(described);
        },
        (error: unknown) => this.#options.logger.debug(`a broker is not looked at: ${messageOf(error)}`),
      );
    }, this.#options.lookMs ?? 1000);
    this.#looks.set(uid, look.unref());
  }

  #cancelLook(uid: string): void {
    clearTimeout(this.#looks.get(uid));
    this.#looks.delete(uid);
  }
}
