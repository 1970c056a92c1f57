import { SCALABLE_WORKLOADS, type ScalableWorkload } from '../../../lib/contracts/replica.ts';
import { AMOUNT_FORM, drawAmount, parseAmount, type Amount } from '../amount.ts';
import { isRecord } from '../is-record.ts';
import type { StepKind } from './step-kind.ts';

/** Another number of replicas, which may be drawn by the seed. */
export interface ScaleStep {
  readonly kind: 'scale';
  readonly workload: ScalableWorkload;
  readonly replicas: Amount;
}

export const scale: StepKind<ScaleStep> = {
  kind: 'scale',
  docs: {
    written: '`scale: {consumer: N}`',
    does: 'or `producer`; N is a number, `partitions`, `partitions + 1`, or a range such as `1 to 8`',
  },
  isChange: true,
  parse(value, path, { complain }) {
    const [name, amount, ...others] = isRecord(value) ? Object.entries(value).flat() : [];
    const workload = SCALABLE_WORKLOADS.find((one) => one === name);
    if (workload === undefined || others.length > 0) {
      return complain(path, value, '{consumer: replicas} or {producer: replicas}');
    }
    const replicas = parseAmount(amount);
    return replicas === undefined
      ? complain([...path, workload], amount, AMOUNT_FORM)
      : { kind: 'scale', workload, replicas };
  },
  prepare({ workload, replicas }, { platform, random, partitions }) {
    const count = drawAmount(replicas, partitions, random);
    return { text: `scale ${workload} to ${String(count)}`, act: () => platform.scale(workload, count) };
  },
};
