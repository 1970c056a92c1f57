import { requireCapability } from '../../../platforms/platform.ts';
import { chooseTargets, parseTarget, TARGET_FORM, type Target } from '../targets.ts';
import type { StepKind } from './step-kind.ts';
import { uncordonAll } from './uncordon.ts';

/** Empties the node of a replica and keeps new pods off it, until `uncordon`. */
export interface DrainStep {
  readonly kind: 'drain';
  readonly target: Target;
  readonly phrase: string;
}

export const drain: StepKind<DrainStep> = {
  kind: 'drain',
  docs: { written: '`drain: the node of` a target', does: "evicts the lab's pods from a node, until `uncordon`" },
  isChange: true,
  isLasting: true,
  parse(value, path, { complain }) {
    const match = typeof value === 'string' ? /^the node of (.+)$/.exec(value.trim()) : null;
    const target = match?.[1] === undefined ? undefined : parseTarget(match[1]);
    if (target === undefined) return complain(path, value, `the node of a target: ${TARGET_FORM}`);
    return { kind: 'drain', target, phrase: String(value).trim() };
  },
  prepare: ({ target, phrase }, { platform, random, facts, journal, drained }) => ({
    text: `drain ${phrase}`,
    async act() {
      requireCapability(platform, 'drain');
      const [name] = await chooseTargets(target, facts, random);
      const node = (await platform.listReplicas()).find((replica) => replica.name === name)?.node ?? '';
      drained.add(node);
      journal.write({ kind: 'fault', fault: { at: Date.now(), kind: 'drain', target: node }, rule: phrase });
      await platform.drain(node);
      return { detail: `${node} is empty` };
    },
  }),
  heal: (stage) =>
    uncordonAll(stage).then(
      () => undefined,
      () => undefined,
    ),
};
