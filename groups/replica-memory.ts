import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { Replica } from '../lib/contracts/replica.ts';
import type { GroupReplica } from './group-replica.ts';

/** What is remembered of replicas, also of those that are gone. Bounded. */
export interface ReplicaMemory {
  /** Takes the replicas that exist. */
  observe(replicas: readonly GroupReplica[]): void;
  take(event: PlatformEvent): void;
  /** Whether a replica of that name was ever seen. */
  has(name: string): boolean;
  /** When the process of a replica was seen to end last, by the replica's name, in milliseconds since the epoch. */
  findEnd(name: string): number | undefined;
  /** Why a replica is in its phase, by its uid. */
  findReason(uid: string): string | undefined;
}

interface Life {
  readonly endedAt: number | undefined;
  /** Whether it has not been started again since. */
  readonly hasEnded: boolean;
}

/** Names of pods never come again; what is remembered of them must not grow for ever. */
const FORMER_KEPT = 500;
/** The end of a process is told twice: by its phase and by the fault, in any order. */
const SAME_END_MS = 15_000;

/** A memory of one group’s replicas, empty. It lives as long as the group is watched. */
export function createReplicaMemory(): ReplicaMemory {
  const lives = new Map<string, Life>();
  const reasons = new Map<string, string>();
  let existing = 0;

  const noteFault = (name: string, at: number): void => {
    if (at - (lives.get(name)?.endedAt ?? -Infinity) > SAME_END_MS) renew(lives, name, { endedAt: at, hasEnded: true });
  };
  const notePhase = ({ name, phase }: Pick<Replica, 'name' | 'phase'>, isRemoved: boolean, at: number): void => {
    const { endedAt, hasEnded } = lives.get(name) ?? { endedAt: undefined, hasEnded: false };
    const isOver = isRemoved || phase === 'failed' || phase === 'stopped';
    if (isOver) renew(lives, name, { endedAt: hasEnded ? endedAt : at, hasEnded: true });
    else if (phase !== 'terminating') renew(lives, name, { endedAt, hasEnded: false });
  };
  const forget = (): void => {
    forgetOldest(lives, existing + FORMER_KEPT);
    forgetOldest(reasons, existing + FORMER_KEPT);
  };
  return {
    observe(replicas) {
      existing = replicas.length;
      // Those that exist are remembered last, so that those that are gone are forgotten first.
      for (const { name, uid } of replicas) {
        renew(lives, name, lives.get(name) ?? { endedAt: undefined, hasEnded: false });
        const reason = reasons.get(uid);
        if (reason !== undefined) renew(reasons, uid, reason);
      }
      forget();
    },
    take(event) {
      if (event.kind === 'scaled' || event.kind === 'node') return;
      if (event.kind === 'fault') {
        const { kind, target } = event.fault;
        if (kind === 'kill' || kind === 'stop') noteFault(target, event.at);
      } else {
        const { replica, reason } = event;
        if (event.kind === 'removed' || reason === undefined) reasons.delete(replica.uid);
        else renew(reasons, replica.uid, reason);
        notePhase(replica, event.kind === 'removed', event.at);
      }
      forget();
    },
    has: (name) => lives.has(name),
    findEnd: (name) => lives.get(name)?.endedAt,
    findReason: (uid) => reasons.get(uid),
  };
}

/** Sets it as the last one of those that are remembered. */
function renew<V>(memory: Map<string, V>, key: string, value: V): void {
  memory.delete(key);
  memory.set(key, value);
}

function forgetOldest(memory: Map<string, unknown>, keep: number): void {
  for (const key of memory.keys()) {
    if (memory.size <= keep) return;
    memory.delete(key);
  }
}
