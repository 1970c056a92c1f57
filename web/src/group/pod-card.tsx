import type { Partition, Pod } from '../../../lib/contracts/lab-snapshot.ts';
import { FaultButtons } from '../controls/fault-buttons.tsx';
import { formatCount, formatRate } from '../format/format-number.ts';
import { PhaseMark } from '../page/phase-mark.tsx';
import { PartitionChips } from './partition-chips.tsx';
import { PodName } from './pod-name.tsx';

interface PodCardProps {
  readonly cardKey: string;
  readonly pod: Pod;
  readonly partitions: readonly Partition[];
}

/** One pod of the group: what it is, what it owns, and what can be done to it. */
export function PodCard({ cardKey, pod, partitions }: PodCardProps) {
  const isIdle = partitions.length === 0;
  const classes = ['card', isIdle && 'is-idle', pod.isNextToGo && 'is-next', pod.phase !== 'ready' && 'is-passing'];
  return (
    <article
      class={classes.filter(Boolean).join(' ')}
      data-card={cardKey}
      data-pod={pod.name}
      data-phase={pod.phase}
      aria-label={pod.name}
    >
      <h4 class="card-name" title={pod.name}>
        <PodName name={pod.name} />
      </h4>
      {pod.isNextToGo && <p class="card-next">goes next on scale-down</p>}
      <PartitionChips partitions={partitions} label={`Partitions of ${pod.name}`} />
      {isIdle && <p class="card-idle">{describeIdle(pod)}</p>}
      <dl class="card-facts">
        <div>
          <dt class="hidden">phase</dt>
          <dd>
            <PhaseMark phase={pod.phase} reason={pod.reason} />
          </dd>
        </div>
        <div>
          <dt>lag</dt>
          <dd>{formatCount(pod.lag)}</dd>
        </div>
        <div>
          <dt class="hidden">rate</dt>
          <dd>
            {formatRate(pod.consumedPerSecond)}
            <small>/s</small>
          </dd>
        </div>
        {pod.isStatic && (
          <div>
            <dt class="hidden">membership</dt>
            <dd title="It keeps its place in the group, and its partitions, while it is away for less than its session.">
              static
            </dd>
          </div>
        )}
        {pod.restarts > 0 && (
          <div>
            <dt>restarts</dt>
            <dd>{formatCount(pod.restarts)}</dd>
          </div>
        )}
      </dl>
      <FaultButtons workload="consumer" target={pod.name} phase={pod.phase} reason={pod.reason} />
    </article>
  );
}

function describeIdle({ memberId, idleReason, phase }: Pod): string {
  if (idleReason !== null) return `idle: ${idleReason}`;
  if (memberId === null && phase === 'starting') return 'not a member of the group yet';
  return memberId === null ? 'not a member of the group' : 'idle: it owns no partition';
}
