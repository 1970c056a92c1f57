import { WORKLOADS, type Workload } from '../../../lib/contracts/replica.ts';
import type { StepKind } from './step-kind.ts';

/** A rolling update of all replicas of a workload. */
export interface RollStep {
  readonly kind: 'roll';
  readonly workload: Workload;
}

export const roll: StepKind<RollStep> = {
  kind: 'roll',
  docs: {
    written: `\`roll:\` ${WORKLOADS.map((workload) => `\`${workload}\``).join(', ')}`,
    does: 'replaces every replica, one after the other',
  },
  isChange: true,
  isLasting: true,
  parse(value, path, { complain }) {
    const workload = WORKLOADS.find((one) => one === value);
    return workload === undefined
      ? complain(path, value, `one of ${WORKLOADS.join(', ')}`)
      : { kind: 'roll', workload };
  },
  prepare: ({ workload }, { platform }) => ({ text: `roll ${workload}`, act: () => platform.roll(workload) }),
};
