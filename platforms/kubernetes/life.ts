import type { Phase, Replica } from '../../lib/contracts/replica.ts';
import type { PhaseReading } from './read-phase.ts';

/**
 * What a launcher notes of the program that it keeps running in its container (see charts/scripts/supervise.sh): of
 * its restarts Kubernetes knows nothing.
 */
export interface Life {
  /** How often the program was started in the life of the pod. */
  readonly starts: number;
  /** When it was last, ISO 8601. */
  readonly startedAt: string | undefined;
  readonly state: 'waiting' | 'running' | 'stopped';
  /** Whether the program has been ready since its last start. */
  readonly hasBeenReady: boolean;
}

/** Prints the launcher's note, and a second line when the program has been ready. */
export const LIFE_COMMAND: readonly string[] = [
  'sh',
  '-c',
  'cat /tmp/life && if [ -e /tmp/been-ready ]; then echo been-ready; fi',
];

/** Reads what LIFE_COMMAND prints. Nothing for what is no such note. */
export function parseLife(output: string): Life | undefined {
  const [note = '', mark] = output.split('\n');
  const [, starts, startedAt = '', state] = /^(\d+) (\S+) (waiting|running|stopped)$/.exec(note) ?? [];
  if (starts === undefined) return undefined;
  return {
    starts: Number(starts),
    startedAt: Number.isNaN(Date.parse(startedAt)) ? undefined : new Date(startedAt).toISOString(),
    state: state as Life['state'],
    hasBeenReady: mark === 'been-ready',
  };
}

/**
 * The phase of a replica with a launcher: its pod decides when it ends or its container does not run, then the
 * launcher's note, and the pod again once the program has been ready.
 */
export function readLifePhase(pod: PhaseReading, life: Life | undefined): PhaseReading {
  if (life === undefined || pod.phase === 'terminating' || pod.phase === 'failed') return pod;
  switch (life.state) {
    case 'stopped':
      return { phase: 'stopped', reason: 'stopped' };
    case 'waiting':
      return life.starts > 0 ? { phase: 'failed', reason: 'its program has ended' } : starting();
    case 'running':
      return life.hasBeenReady ? pod : starting();
  }
}

/** The replica with what its launcher knows better than its pod. */
export function composeReplica(replica: Replica, phase: Phase, life: Life | undefined): Replica {
  if (life === undefined) return { ...replica, phase };
  return {
    ...replica,
    phase,
    startedAt: life.startedAt ?? replica.startedAt,
    restarts: Math.max(0, life.starts - 1),
  };
}

function starting(): PhaseReading {
  return { phase: 'starting', reason: undefined };
}
