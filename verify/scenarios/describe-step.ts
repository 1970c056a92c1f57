import { formatDuration } from './duration.ts';
import type { Amount, AmountBound, Step } from './scenario.ts';

/** A step in words, as the scenario has it. */
export function describeStep(step: Step): string {
  if ('phrase' in step) return `${step.kind} ${step.phrase}`;
  switch (step.kind) {
    case 'load':
      return step.ratePerSecond === 0
        ? 'load off'
        : `load of ${String(step.ratePerSecond)} records a second with ${String(step.keys)} keys`;
    case 'scale':
      return `scale ${step.workload} to ${describeAmount(step.replicas)}`;
    case 'roll':
      return `roll ${step.workload}`;
    case 'uncordon':
      return 'uncordon what was drained';
    case 'delete-offsets':
      return "delete the group's offsets";
    case 'wait-balanced':
      return 'wait until balanced';
    case 'hold':
      return `hold for ${formatDuration(step.forMs)}`;
    case 'poison':
      return `poison: ${String(step.records)} records that are no messages`;
    case 'mix':
      return `mix of ${String(step.of.length)} parts for ${formatDuration(step.forMs)}`;
  }
}

function describeAmount({ min, max }: Amount): string {
  const [low, high] = [describeBound(min), describeBound(max)];
  return low === high ? low : `${low} to ${high}`;
}

function describeBound({ plus, isPartitions }: AmountBound): string {
  if (!isPartitions) return String(plus);
  if (plus === 0) return 'partitions';
  return `partitions ${plus < 0 ? '-' : '+'} ${String(Math.abs(plus))}`;
}
