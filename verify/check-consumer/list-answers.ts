import { describeClocks } from '../checks/clocks.ts';
import { checkCommitsBehindReceipts } from '../checks/commits-behind-receipts.ts';
import { describeUncounted } from '../checks/completeness.ts';
import type { LedgerEntry } from '../checks/history.ts';
import { passOver, type PreparedPartition } from '../checks/prepare-run.ts';
import { countOf, joinList } from '../../lib/wording/wording.ts';
import type { Observation } from './observation.ts';

/** What one rule of the contract asks of a consumer, and whether it was seen. */
export interface Answer {
  /** Number of the rule in docs/bring-your-own-consumer.md, "What it must do". */
  readonly rule: number;
  readonly asks: string;
  /** `unknown` when what comes before it is missing. */
  readonly found: 'ok' | 'missing' | 'unknown';
  /** What was seen, with the numbers. */
  readonly detail: string;
}

type Ask = (observation: Observation) => Omit<Answer, 'rule' | 'asks'>;

const ok = (detail: string) => ({ found: 'ok', detail }) as const;
const missing = (detail: string) => ({ found: 'missing', detail }) as const;
const unknown = (detail: string) => ({ found: 'unknown', detail }) as const;

/** SIGKILL comes so long after SIGTERM. */
const GRACE_MS = 20_000;
/** Who leaves the group is out of it at once; the coordinator finds out about others when their session ends. */
const LEFT_WITHIN_MS = 1500;
const PLACES = 3;

/** Every rule, in the order in which a consumer comes to it. */
export function listAnswers(observation: Observation): readonly Answer[] {
  return RULES.map(({ rule, asks, ask }) => ({ rule, asks, ...ask(observation) }));
}

const RULES: readonly { readonly rule: number; readonly asks: string; readonly ask: Ask }[] = [
  { rule: 7, asks: 'its process goes on', ask: askLife },
  { rule: 1, asks: 'it joins the group under its name', ask: askJoin },
  { rule: 1, asks: 'it begins at the beginning', ask: askBeginning },
  { rule: 3, asks: 'its receipts can be read', ask: askReceipts },
  { rule: 3, asks: 'they say who it is', ask: askMember },
  { rule: 3, asks: 'they say when', ask: askTimes },
  { rule: 3, asks: 'they say in which generation', ask: askGeneration },
  { rule: 3, asks: 'they end where the log does', ask: askBounds },
  { rule: 3, asks: 'they say how many, and which', ask: askProof },
  { rule: 2, asks: 'every record is processed, once', ask: askCoverage },
  { rule: 4, asks: 'it commits, and after the receipts', ask: askCommits },
  { rule: 6, asks: 'it leaves on SIGTERM', ask: askLeave },
];

function askLife({ ends, printed }: Observation): ReturnType<Ask> {
  const [first] = ends;
  if (first === undefined) return ok('until it was told to end');
  const said = printed.length === 0 ? 'it printed nothing' : `it printed last:\n${printed.join('\n')}`;
  return missing(`it ended ${countOf(ends.length, 'time')} by itself (${first}); ${said}`);
}

function askJoin({ clientId, groupId, joinedAfterMs, strangers, otherGroups }: Observation): ReturnType<Ask> {
  if (joinedAfterMs !== undefined) return ok(`${clientId} in ${groupId}, ${toSeconds(joinedAfterMs)} after its start`);
  const [stranger] = strangers;
  if (stranger !== undefined)
    return missing(
      `the group has a member whose client.id is ${JSON.stringify(stranger)}; it must be ${JSON.stringify(clientId)}, as CLIENT_ID says, with nothing before or behind it`,
    );
  const [group] = otherGroups;
  if (group !== undefined) return missing(`somebody has joined ${JSON.stringify(group)}: GROUP_ID says ${groupId}`);
  return missing(`nobody has joined ${groupId}`);
}

function askBeginning({ run, lateFrom }: Observation): ReturnType<Ask> {
  const [early, late] = [
    { all: 0, done: 0 },
    { all: 0, done: 0 },
  ];
  for (const { partition, records, coverage } of run.partitions.values()) {
    for (let index = 0; index < records.length; index += 1) {
      const part = records.offsetAt(index) < (lateFrom.get(partition) ?? 0) ? early : late;
      part.all += 1;
      if (coverage.counts[index] !== 0) part.done += 1;
    }
  }
  if (early.done + late.done === 0) return unknown('no receipt tells what it has processed');
  const seen = `${countOf(early.done, 'record')} of ${String(early.all)} that were there before it`;
  if (early.done > 0) return ok(`it has processed ${seen}`);
  return missing(`it has processed ${seen}, and ${String(late.done)} of those after it: auto.offset.reset=earliest`);
}

function askReceipts({ run, receiptsTopic }: Observation): ReturnType<Ask> {
  const { receipts } = run;
  const { uncounted } = run.history;
  const [problem] = describeUncounted(uncounted);
  if (problem !== undefined) return missing(problem);
  if (receipts.length === 0) return missing(`there is none in ${receiptsTopic}`);
  return ok(countOf(receipts.length, 'receipt'));
}

function askMember({ clientId, run }: Observation): ReturnType<Ask> {
  return judgeReceipts(run.receipts, ({ member }) =>
    member === clientId ? undefined : `\`member\` is ${JSON.stringify(member)}, and CLIENT_ID was ${clientId}`,
  );
}

function askTimes({ run }: Observation): ReturnType<Ask> {
  const { receipts } = run;
  const [clock] = describeClocks(run.clocks);
  if (clock !== undefined) return missing(clock);
  return judgeReceipts(receipts, ({ startedAt, finishedAt }) =>
    Date.parse(startedAt) <= Date.parse(finishedAt) ? undefined : '`finishedAt` is before `startedAt`',
  );
}

function askGeneration({ run }: Observation): ReturnType<Ask> {
  const { timeline } = run;
  const { receipts } = run;
  if (receipts.length > 0 && receipts.every(({ generation }) => generation === undefined))
    return ok('they do not, and need not: ownership is judged by their times');
  return judgeReceipts(receipts, ({ generation, member, partition }) => {
    if (generation === undefined || timeline.isOwner(member, partition, generation)) return undefined;
    return `\`generation\` is ${String(generation)}, in which partition ${String(partition)} was not ${member}'s`;
  });
}

function askBounds({ run }: Observation): ReturnType<Ask> {
  const ends = new Map(run.history.logRange.map(({ partition, logEnd }) => [partition, logEnd]));
  return judgeReceipts(run.receipts, ({ partition, to }) => {
    const end = ends.get(partition);
    if (end === undefined || to < end) return undefined;
    return `\`to\` is ${String(to)}, and the last record of partition ${String(partition)} has the offset ${String(end - 1)}: \`to\` is included`;
  });
}

/** Of a receipt of one record its bounds say all. */
function askProof({ run }: Observation): ReturnType<Ask> {
  const comparisons = [...run.partitions.values()].flatMap((partition) => partition.comparisons);
  if (comparisons.length === 0) return unknown('there is no receipt');
  const wrong = comparisons.flatMap(({ kind, receipt, loggedRecords }) => {
    const log = `and the log has ${countOf(loggedRecords, 'record')} from ${String(receipt.from)} to ${String(receipt.to)}`;
    if (kind === 'fewer' || kind === 'more') return [`\`records\` is ${String(receipt.records)}, ${log}`];
    if (kind === 'others') return [`\`digest\` is ${String(receipt.digest)}, ${log} whose digest is another`];
    return kind === 'ends' ? [`neither \`records\` nor \`digest\` shows that none was left out between its ends`] : [];
  });
  const [first] = wrong;
  if (first === undefined) return ok(`all of ${countOf(comparisons.length, 'receipt')}`);
  return missing(`${String(wrong.length)} of ${countOf(comparisons.length, 'receipt')}: ${first}`);
}

function askCoverage({ run }: Observation): ReturnType<Ask> {
  if (run.receipts.length === 0) return unknown('there is no receipt');
  const partitions = [...run.partitions.values()];
  const without = listPlaces(partitions, 0);
  const repeated = listPlaces(partitions, 2);
  const problems = [
    ...(without.length > 0
      ? [`${countOf(without.length, 'record has', 'records have')} no receipt, ${name(without)}`]
      : []),
    ...(repeated.length > 0
      ? [`${countOf(repeated.length, 'record has', 'records have')} more than one, ${name(repeated)}`]
      : []),
  ];
  if (problems.length > 0) return missing(joinList(problems));
  return ok(
    countOf(
      partitions.reduce((sum, { records }) => sum + records.length, 0),
      'record',
    ),
  );
}

function askCommits({ run }: Observation): ReturnType<Ask> {
  const { verdict, summary } = passOver(run, checkCommitsBehindReceipts(run));
  const { committed } = run.history;
  const left = run.history.leftRecords ?? 0;
  if (committed.every(({ committedOffset }) => committedOffset === null)) return missing('it has committed nothing');
  if (verdict === 'fail') return missing(summary);
  if (left > 0)
    return missing(`${countOf(left, 'record')} at the end of the log ${left === 1 ? 'is' : 'are'} not committed`);
  return verdict === 'pass' ? ok(summary) : unknown(summary);
}

function askLeave({ clientId, joinedAfterMs, stop }: Observation): ReturnType<Ask> {
  const ended = `its process ended ${toSeconds(stop.endedAfterMs)} after SIGTERM`;
  if (stop.endedAfterMs >= GRACE_MS)
    return missing(`its process was still there ${toSeconds(GRACE_MS)} after SIGTERM, and was killed`);
  if (joinedAfterMs === undefined) return unknown(`${ended}; it was no member`);
  const leftLateMs = (stop.leftAfterMs ?? Infinity) - stop.endedAfterMs;
  if (leftLateMs <= LEFT_WITHIN_MS) return ok(ended);
  return missing(
    `${ended}, and the group waits for ${clientId} until its session ends: close the consumer before you exit`,
  );
}

/** The first thing that is wrong with any of them, and with how many. */
function judgeReceipts(
  receipts: readonly LedgerEntry[],
  findProblem: (receipt: LedgerEntry) => string | undefined,
): ReturnType<Ask> {
  if (receipts.length === 0) return unknown('there is no receipt');
  const wrong = receipts.flatMap((receipt) => findProblem(receipt) ?? []);
  const [first] = wrong;
  if (first === undefined) return ok(`all of ${countOf(receipts.length, 'receipt')}`);
  return missing(`${String(wrong.length)} of ${countOf(receipts.length, 'receipt')}: ${first}`);
}

function listPlaces(partitions: readonly PreparedPartition[], count: 0 | 2): readonly string[] {
  return partitions.flatMap(({ partition, records, coverage }) =>
    [...records].flatMap(({ offset }, index) =>
      coverage.counts[index] === count ? [`offset ${String(offset)} of partition ${String(partition)}`] : [],
    ),
  );
}

function name(places: readonly string[]): string {
  const shown = joinList(places.slice(0, PLACES));
  return places.length > PLACES ? `the first at ${shown}` : `at ${shown}`;
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
