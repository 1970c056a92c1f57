import type { LabSnapshot, Pod } from '../../../lib/contracts/lab-snapshot.ts';

export type FaultKind = LabSnapshot['controls']['faults']['consumer'][number];

/** The faults that make sense for a replica as it is now, of those that the platform allows. */
export function offerFaults(
  phase: Pod['phase'],
  reason: string | null,
  allowed: readonly FaultKind[],
): readonly FaultKind[] {
  return faultsFor(phase, reason).filter((kind) => allowed.includes(kind));
}

function faultsFor(phase: Pod['phase'], reason: string | null): readonly FaultKind[] {
  switch (phase) {
    case 'starting':
    case 'ready':
      return ['kill', 'pause', 'stop'];
    case 'unready':
      // Kubernetes does not tell why a pod is unready: both are offered, and the platform refuses what makes no sense.
      return reason === 'paused' ? ['resume', 'kill', 'stop'] : ['kill', 'pause', 'resume', 'stop'];
    case 'terminating':
      return ['kill'];
    case 'stopped':
      return ['start'];
    case 'failed':
      // It starts again by itself.
      return [];
  }
}

/** Losing one of these is felt by everybody, so it is asked for twice. */
export function isDangerousFault(workload: keyof LabSnapshot['controls']['faults'], kind: FaultKind): boolean {
  return (workload === 'kafka' || workload === 'zookeeper') && (kind === 'kill' || kind === 'stop');
}
