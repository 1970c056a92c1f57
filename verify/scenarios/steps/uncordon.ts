import type { Stage } from '../stage.ts';
import type { StepKind } from './step-kind.ts';

/** The end of every drain. */
export interface UncordonStep {
  readonly kind: 'uncordon';
}

export const uncordon: StepKind<UncordonStep> = {
  kind: 'uncordon',
  docs: { written: '`uncordon`', does: 'takes every node back that was drained' },
  isChange: true,
  isHealing: true,
  parse: (value, path, { complain }) =>
    value === undefined ? { kind: 'uncordon' } : complain(path, value, 'nothing: it ends every drain'),
  prepare: (_step, stage) => ({
    text: 'uncordon what was drained',
    act: async () => ({ detail: (await uncordonAll(stage)).join(', ') }),
  }),
};

/** @returns the nodes that were taken back */
export async function uncordonAll({ journal, platform, drained }: Stage): Promise<readonly string[]> {
  const nodes = [...drained];
  for (const node of nodes) {
    const fault = { at: Date.now(), kind: 'uncordon', target: node };
    journal.write({ kind: 'fault', fault, rule: 'what was drained' });
    await platform.uncordon?.(node);
    drained.delete(node);
  }
  return nodes;
}
