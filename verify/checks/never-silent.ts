import { hasScenario, type Check } from './check.ts';
import { CLOCK_DIFFERENCE_MS } from './clock-difference.ts';
import { describeMissing } from './completeness.ts';
import { subtractGaps } from './disturbances.ts';
import { Findings } from './findings.ts';
import type { RunFacts } from './history.ts';
import type { MemberWork } from './member-work.ts';
import type { Gap } from './measure-gaps.ts';
import { LEAST_PAUSE_MS, type RunMeasurement } from './measure-run.ts';
import type { RunContext } from './prepare-run.ts';
import { findSettledTimes, type SettledTime } from './settled-times.ts';
import { conclude, concludeNothingAsked, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'never-silent';
/** How many members a summary tells about; the others are counted. */
const TOLD_LIMIT = 3;
/** Within this a member that was given a partition has found its place and fetched, and one that works has gone on. */
const LONGEST_SILENCE_MS = 3000 + CLOCK_DIFFERENCE_MS;

/** A time in which a member did nothing at all while records waited for it in a partition. */
interface Silence extends Gap {
  readonly member: string;
  readonly partition: number;
  readonly generation: number;
  readonly silenceMs: number;
}

export const neverSilent: Check = {
  name: NAME,
  passes: 'no member did nothing for more than 5 s while records waited in a partition of its own',
  isAsked: hasScenario,
  begin: (run) => ({ finish: ({ measurement, work }) => checkNeverSilent(run, measurement, work) }),
};

/**
 * A member that owns partitions works while records wait there: it may be slow, and it may wait for the group or for a
 * broker, but it does not stand still by itself. Who works on any of its partitions does not.
 */
export function checkNeverSilent(run: RunContext, { gaps }: RunMeasurement, work: MemberWork): CheckResult {
  const { history } = run;
  if (run.operations.length === 0) return concludeNothingAsked(NAME);
  const settled = history.groupReading === 'whole' ? findSettledTimes(history) : [];
  const found = findSilences(history, gaps, settled, work);
  const silences = found.filter(({ silenceMs }) => silenceMs > LONGEST_SILENCE_MS);
  const findings = new Findings<'silent'>();
  for (const silence of silences) findings.add('silent', silence);
  const members = new Set(history.generations.flatMap((each) => each.members.map(({ member }) => member)));
  return conclude({
    name: NAME,
    subject: countOf(members.size, 'member'),
    failures: describeSilences(silences),
    doubts: [
      ...(history.groupReading === 'whole' ? [] : ['the history of the group was not read without a gap']),
      ...describeMissing(run.readings, 'log'),
      ...describeMissing(run.readings, 'ledger'),
    ],
    passed: 'none did nothing while records waited in its partitions',
    measurements: {
      silentMembers: new Set(silences.map(({ member }) => member)).size,
      longestSilenceMs: Math.max(0, ...found.map(({ silenceMs }) => silenceMs)),
    },
    evidence: findings.pickEvidence(),
  });
}

function findSilences(
  { generations }: RunFacts,
  gaps: RunMeasurement['gaps'],
  settled: readonly SettledTime[],
  work: MemberWork,
): Silence[] {
  const members = new Set(generations.flatMap((each) => each.members.map(({ member }) => member)));
  // The work of those of no name is anybody's.
  const strangers = [...work.members].filter((member) => !members.has(member));
  const silences: Silence[] = [];
  for (const [partition, ofPartition] of gaps) {
    for (const gap of ofPartition.filter(({ from, to }) => to - from > LEAST_PAUSE_MS)) {
      for (const { generation, ...time } of settled) {
        const common = { from: Math.max(gap.from, time.from), to: Math.min(gap.to, time.to) };
        if (common.to - common.from <= LEAST_PAUSE_MS) continue;
        for (const { member } of generation.members.filter((each) => each.partitions.includes(partition))) {
          const done = [member, ...strangers].flatMap((each) => [...work.between(each, common)]);
          for (const idle of subtractGaps(
            common,
            done.toSorted((a, b) => a.from - b.from),
          )) {
            const silenceMs = idle.to - idle.from;
            silences.push({ member, partition, generation: generation.generation, ...idle, silenceMs });
          }
        }
      }
    }
  }
  return silences.toSorted((a, b) => b.silenceMs - a.silenceMs);
}

/** Of each member its longest, and in how many partitions records waited. */
function describeSilences(silences: readonly Silence[]): string[] {
  const byMember = [...Map.groupBy(silences, ({ member }) => member)];
  const told = byMember.slice(0, TOLD_LIMIT).map(([member, [longest, ...others]]) => {
    const partitions = new Set([longest, ...others].map((silence) => silence?.partition)).size;
    const ms = countOf(Math.round(longest?.silenceMs ?? 0), 'ms', 'ms');
    return `${member} did nothing for ${ms} while records waited in ${countOf(partitions, 'partition')} of its own`;
  });
  const more = byMember.length - told.length;
  return more > 0 ? [...told, `${countOf(more, 'other')} likewise`] : told;
}
