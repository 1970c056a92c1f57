import { FAULT_KINDS, FAULT_MEANINGS, type FaultKind } from '../../../lib/contracts/replica.ts';
import type { Stage } from '../stage.ts';
import { chooseTargets, parseTarget, TARGET_FORM, type Target } from '../targets.ts';
import type { StepKind } from './step-kind.ts';

/** What the platform can do to a replica. */
export interface FaultStep {
  readonly kind: FaultKind;
  readonly target: Target;
  /** The target as it is written. */
  readonly phrase: string;
}

type Impairment = keyof Stage['impaired'];

interface FaultTraits {
  /** What its targets are from then on, until the fault that heals it. */
  readonly impairs?: { readonly as: Impairment; readonly healedBy: FaultKind };
  readonly heals?: Impairment;
  /** Whether it ends the process. */
  readonly isEnd?: true;
}

const FAULTS: Readonly<Record<FaultKind, FaultTraits>> = {
  kill: { isEnd: true },
  pause: { impairs: { as: 'paused', healedBy: 'resume' } },
  resume: { heals: 'paused' },
  stop: { impairs: { as: 'stopped', healedBy: 'start' }, isEnd: true },
  start: { heals: 'stopped' },
};

/** A kind for each fault. */
export const faults: readonly StepKind<FaultStep>[] = FAULT_KINDS.map((kind) => {
  const { impairs, heals } = FAULTS[kind];
  return {
    kind,
    docs: { written: `\`${kind}:\` a target`, does: FAULT_MEANINGS[kind] },
    isChange: true,
    isHealing: heals !== undefined,
    parse(value, path, { complain }) {
      const target = typeof value === 'string' ? parseTarget(value) : undefined;
      if (target === undefined) return complain(path, value, `a target: ${TARGET_FORM}`);
      return { kind, target, phrase: String(value).trim() };
    },
    async prepare({ target, phrase }, stage) {
      const choosing = chooseTargets(target, stage.facts, stage.random);
      // A target that there is none of is the step's own failure, and told when it is done.
      const names = await choosing.catch(() => undefined);
      const isTold = names !== undefined && target.rule !== 'name';
      return {
        text: isTold ? `${kind} ${names.join(', ')} (${phrase})` : `${kind} ${phrase}`,
        act: async () => {
          for (const name of await choosing) await inject(kind, name, phrase, stage);
        },
      };
    },
    ...(impairs && {
      async heal(stage: Stage) {
        for (const name of [...stage.impaired[impairs.as]]) {
          // One that is gone, or came back by itself, needs nothing.
          await inject(impairs.healedBy, name, 'healed at the end', stage).catch(() => undefined);
        }
      },
    }),
  };
});

async function inject(kind: FaultKind, target: string, rule: string, stage: Stage): Promise<void> {
  const { journal, platform, impaired, formerMembers } = stage;
  const { impairs, heals, isEnd } = FAULTS[kind];
  // Before it is done: what is done in part must be healed as well.
  if (impairs) impaired[impairs.as].add(target);
  journal.write({ kind: 'fault', fault: { at: Date.now(), kind, target }, rule });
  const ended = isEnd ? await findMember(target, stage) : undefined;
  await platform.inject({ kind, target });
  if (ended !== undefined) formerMembers.add(ended);
  // A process that has ended is not paused any more.
  if (isEnd) impaired.paused.delete(target);
  if (heals) impaired[heals].delete(target);
}

async function findMember(clientId: string, { observer }: Stage): Promise<string | undefined> {
  if (!clientId.includes('consumer')) return undefined;
  const { members } = await observer.inspectGroup();
  return members.find((member) => member.clientId === clientId)?.memberId;
}
