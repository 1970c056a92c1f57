import { describeMissing } from './completeness.ts';
import { Findings } from './findings.ts';
import type { PoisonRecord } from './history.ts';
import type { PreparedPartition, PreparedRun } from './prepare-run.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from './wording.ts';

const NAME = 'poison-set-aside';

type Kind = 'notSetAside' | 'unprocessed' | 'maybeProcessed';

/** What is no message was set aside as a dead letter, and did not hold up what lay behind it. */
export function checkPoisonSetAside({ history, partitions }: PreparedRun): CheckResult {
  const { poisons, deadLetters } = history;
  const setAside = new Set(deadLetters.map(name));
  const findings = new Findings<Kind>();
  for (const poison of poisons) {
    if (!setAside.has(name(poison))) findings.add('notSetAside', { poison });
    const partition = partitions.get(poison.partition);
    if (isCovered(partition, poison)) continue;
    findings.add(partition?.ledger === 'whole' ? 'unprocessed' : 'maybeProcessed', { poison });
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
      ...(findings.count('maybeProcessed') > 0 ? describeMissing(partitions, 'ledger') : []),
    ],
    passed: 'set aside as dead letters, and accounted for',
    measurements: {
      poisonRecords: poisons.length,
      deadLetters: deadLetters.length,
      notSetAsideRecords: findings.count('notSetAside'),
      unprocessedPoisonRecords: findings.count('unprocessed'),
      unjudgedRecords: findings.count('maybeProcessed'),
    },
    evidence: findings.pickEvidence(failures.length > 0 ? ['notSetAside', 'unprocessed'] : ['maybeProcessed']),
  });
}

function name({ partition, offset }: PoisonRecord): string {
  return `${String(partition)}:${String(offset)}`;
}

function isCovered(partition: PreparedPartition | undefined, { offset }: PoisonRecord): boolean {
  return partition?.receipts.some(({ from, to }) => from <= offset && offset <= to) ?? false;
}
