import type { Check } from './check.ts';
import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { PoisonRecord, RunFacts } from './history.ts';
import type { Pass, RunContext } from './prepare-run.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'poison-set-aside';

type Kind = 'notSetAside' | 'unseen' | 'unprocessed' | 'maybeProcessed';

export const poisonSetAside: Check = {
  name: NAME,
  passes:
    'every record that is no message is among the dead letters, and was accounted for; unknown when all were accounted for and none is there',
  isAsked: ({ poisons }) => poisons.length > 0,
  begin: checkPoisonSetAside,
};

/**
 * What is no message was set aside as a dead letter, and did not hold up what lay behind it. A consumer may keep its
 * dead letters elsewhere, or leave out what it cannot read: when none is found, its receipts are all that is known.
 */
export function checkPoisonSetAside({ history, readings }: RunContext): Pass<CheckResult> {
  const covered = new Set<PoisonRecord>();
  return {
    take({ partition, receipts }) {
      for (const poison of history.poisons) {
        const isHere = partition === poison.partition;
        if (isHere && receipts.some(({ from, to }) => from <= poison.offset && poison.offset <= to))
          covered.add(poison);
      }
    },
    finish: () => concludePoison(history, readings, covered),
  };
}

function concludePoison(
  history: RunFacts,
  readings: RunContext['readings'],
  covered: ReadonlySet<PoisonRecord>,
): CheckResult {
  const { poisons, deadLetters } = history;
  const isSetAside = createSetAside(history);
  const isSettingAside = poisons.some(isSetAside);
  const findings = new Findings<Kind>();
  for (const poison of poisons) {
    const isAccountedFor = covered.has(poison);
    const isWhole = readings.get(poison.partition)?.ledger === 'whole';
    if (!isSetAside(poison)) findings.add(isSettingAside || !isAccountedFor ? 'notSetAside' : 'unseen', { poison });
    if (!isAccountedFor) findings.add(isWhole ? 'unprocessed' : 'maybeProcessed', { poison });
  }
  const failures = findings.describe({
    notSetAside: (count) => `${countOf(count, 'is', 'are')} not among the dead letters`,
    unprocessed: (count) => `${countOf(count, 'has', 'have')} no receipt`,
  });
  return conclude({
    name: NAME,
    subject: countOf(poisons.length, 'record that is no message', 'records that are no messages'),
    failures,
    doubts: [
      ...(poisons.length === 0 ? ['none was put into the log'] : []),
      ...(findings.count('maybeProcessed') > 0 ? describeMissing(readings, 'ledger') : []),
      ...findings.describe({
        unseen: (count) =>
          `${countOf(count, 'was', 'were')} accounted for and not found among the dead letters: left out, or set aside elsewhere`,
      }),
    ],
    passed: 'set aside as dead letters, and accounted for',
    measurements: {
      poisonRecords: poisons.length,
      deadLetters: deadLetters.length + (history.otherLetters?.length ?? 0),
      notSetAsideRecords: findings.count('notSetAside') + findings.count('unseen'),
      unprocessedPoisonRecords: findings.count('unprocessed'),
      unjudgedRecords: findings.count('maybeProcessed') + findings.count('unseen'),
    },
    evidence: findings.pickEvidence(
      failures.length > 0 ? ['notSetAside', 'unprocessed'] : ['maybeProcessed', 'unseen'],
    ),
  });
}

/** By where it stood, as the lab's own dead letters say, or by its value. */
function createSetAside({ deadLetters, otherLetters = [] }: RunFacts): (poison: PoisonRecord) => boolean {
  const places = new Set(deadLetters.map(name));
  const values = new Set(otherLetters);
  return (poison) => places.has(name(poison)) || (poison.valueCrc !== undefined && values.has(poison.valueCrc));
}

function name({ partition, offset }: PoisonRecord): string {
  return `${String(partition)}:${String(offset)}`;
}
