import type { PlatformName } from '../../lib/contracts/platform-name.ts';
import { countOf, joinList } from '../../lib/wording/wording.ts';
import type { Judgement } from '../../verify/checks/judge.ts';
import type { Cell, Table } from '../../verify/report/render-table.ts';
import { median, summarize } from '../../verify/checks/statistics.ts';
import type { TargetKind } from './choose-target.ts';
import { HOLD_MS } from './kill-broker.ts';
import type { MeasuredKill } from './measure-kill.ts';
import { BACK_MS, LONG_RUN_MS, STALL_MS } from './silences.ts';

/** What a table needs to say about how the run was made. */
export interface RunFacts {
  readonly platform: PlatformName;
  readonly lanes: number;
  readonly ratePerSecond: number;
  readonly consumers: number;
  /** How long ZooKeeper keeps a silent broker, in milliseconds. */
  readonly zookeeperSessionMs: number;
  /** How long the history took to be read, and to be judged, in milliseconds. */
  readonly readMs: number;
  readonly judgedMs: number;
  /** What went wrong with the run itself, in sentences. */
  readonly troubles: readonly string[];
}

const KINDS: readonly TargetKind[] = ['coordinator', 'other broker'];
const SECONDS = { unit: 's', decimals: 1 };

export function buildKindTable(kills: readonly MeasuredKill[], facts: RunFacts): Table {
  const { lanes, ratePerSecond, consumers, zookeeperSessionMs } = facts;
  const session = formatSeconds(zookeeperSessionMs);
  return {
    title: 'What a SIGKILL of a broker does to records under load',
    columns: [
      { name: 'killed' },
      { name: 'kills' },
      { name: 'consumer pause, median', ...SECONDS },
      { name: 'consumer pause, p95', ...SECONDS },
      { name: 'consumer pause, max', ...SECONDS },
      { name: 'consumed again after, median', ...SECONDS },
      { name: 'consumed again after, p95', ...SECONDS },
      { name: 'consumed again after, max', ...SECONDS },
      { name: 'producer pause, median', ...SECONDS },
      { name: 'producer pause, max', ...SECONDS },
      { name: 'acknowledged again after, median', ...SECONDS },
      { name: 'acknowledged again after, max', ...SECONDS },
      { name: 'refused per kill', decimals: 1 },
      { name: 'unknown per kill', decimals: 1 },
      { name: 'kills with a silent consumer' },
    ],
    rows: KINDS.map((kind) => buildKindRow(kind, kills)),
    notes: [
      `Three brokers, three copies of all, two in sync needed. ${countOf(consumers, 'consumer')}, one load of single ` +
        `POST /producer: up to ${String(lanes)} under way, ${String(ratePerSecond)} a second at most.`,
      'Coordinator: the broker that coordinated the consumer group when it was killed; other broker: one that did not.',
      'Consumer pause: the longest silence of any one partition, between the end of a receipt in `app.receipts` and ' +
        `the beginning of the next, from the kill to ${formatSeconds(HOLD_MS)} after all copies were in sync again. A ` +
        `receipt over more than ${formatSeconds(LONG_RUN_MS)} with less than half of the steady load counts as a ` +
        'silence between its two ends.',
      'Consumed again, acknowledged again: from the kill to the end of the stall that it made, in the partition where ' +
        `that was last. A stall is a silence of more than ${formatSeconds(STALL_MS)}; several of them with less than ` +
        `${formatSeconds(BACK_MS)} in between count as one, and what still came in the first moments after the kill ` +
        'does not count as recovery. Kills after which a partition stayed silent have no such time; their pause counts to ' +
        'the end of the window.',
      'Producer pause: the longest time without a single acknowledgement, in the same window.',
      'Refused (503, or nobody listened): not stored. Unknown (504, or no answer): stored once or not at all. Both from ' +
        'one kill to the next, in the mean.',
      `The floor is ZooKeeper’s session of ${session}, counted from the killed broker’s last sign of life: until it ends, ` +
        'the broker counts as in sync, and since every partition has a copy on each of the three, none is acknowledged ' +
        'or consumed beyond the kill. A consumer has nothing to read in that time, so its pause contains the producers’.',
      ...(facts.platform === 'kubernetes'
        ? ['A kill is timed from when it is asked for, so the way through the API server is in every time.']
        : []),
      ...facts.troubles,
    ],
  };
}

function buildKindRow(kind: TargetKind, all: readonly MeasuredKill[]): readonly Cell[] {
  const kills = all.filter(({ isCoordinator }) => isCoordinator === (kind === 'coordinator'));
  const producerPause = kills.map(({ producerPauseMs }) => producerPauseMs);
  const producing = pickDefined(kills.map(({ producingAgainMs }) => producingAgainMs));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    kind,
    kills.length,
    ...summarize(kills.map(({ consumerPauseMs }) => consumerPauseMs)).map(toSeconds),
    ...summarize(pickDefined(kills.map(({ consumingAgainMs }) => consumingAgainMs))).map(toSeconds),
    toSeconds(median(producerPause)),
    toSeconds(summarize(producerPause)[2]),
    toSeconds(median(producing)),
    toSeconds(summarize(producing)[2]),
    toCell(mean(kills.map(({ refused }) => refused))),
    toCell(mean(kills.map(({ unknown }) => unknown))),
    kills.filter(({ silentPartitions }) => silentPartitions.length > 0).length,
  ];
}

export function buildKillsTable(kills: readonly MeasuredKill[]): Table {
  return {
    title: 'Each kill',
    columns: [
      { name: 'kill' },
      { name: 'broker' },
      { name: 'was' },
      { name: 'partitions led' },
      { name: 'consumer pause', ...SECONDS },
      { name: 'consumed again after', ...SECONDS },
      { name: 'consumer pause later', ...SECONDS },
      { name: 'producer pause', ...SECONDS },
      { name: 'acknowledged again after', ...SECONDS },
      { name: '201' },
      { name: 'refused' },
      { name: 'unknown' },
      { name: 'smallest ISR' },
      { name: 'all in sync again after', ...SECONDS },
      { name: 'silent partitions' },
    ],
    rows: kills.map((kill) => [
      kill.number,
      kill.broker,
      joinList([...(kill.isCoordinator ? ['coordinator'] : []), ...(kill.isController ? ['controller'] : [])]) || '–',
      kill.led.join(', ') || 'none',
      toSeconds(kill.consumerPauseMs),
      toSeconds(kill.consumingAgainMs),
      toSeconds(kill.laterConsumerPauseMs),
      toSeconds(kill.producerPauseMs),
      toSeconds(kill.producingAgainMs),
      kill.acknowledged,
      kill.refused,
      kill.unknown,
      kill.smallestIsr ?? null,
      toSeconds(kill.wholeMs),
      kill.silentPartitions.join(', ') || 'none',
    ]),
    notes: [
      'Partitions led: of `app`, when it was killed. Smallest ISR: in-sync copies of the partition that had the fewest, ' +
        'of any topic, seen about twice a second.',
      'Consumer pause later: the longest silence of a partition after it was consumed again: the broker that starts, and ' +
        'leaderships that go back to it.',
      'All in sync again: the broker is ready and all copies of all topics are in sync. The next kill follows ' +
        `${formatSeconds(HOLD_MS)} later.`,
      'Silent partitions: of `app`, without a receipt up to that moment, and from before all copies were in sync.',
    ],
  };
}

export function buildVerdictTable({ verdict, checks }: Judgement, facts: RunFacts): Table {
  const measured = (check: string, ...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (checks.find((one) => one.name === check)?.measurements[name] ?? NaN), 0);
  const lost = 'nothing-acknowledged-lost';
  const rows: [string, number][] = [
    ['asked', measured(lost, 'askedRecords')],
    ['acknowledged', measured(lost, 'acknowledgedRecords')],
    ['refused', measured(lost, 'refusedRecords')],
    ['unknown', measured(lost, 'unansweredRecords')],
    ['stored', measured(lost, 'storedRecords')],
    ['lost: acknowledged, and not where the answer said', measured(lost, 'lostRecords', 'misplacedRecords')],
    ['stored though refused', measured(lost, 'storedThoughRefusedRecords')],
    ['stored and never processed', measured(lost, 'unprocessedRecords', 'unacknowledgedUnprocessedRecords')],
    ['stored twice', measured('duplicates', 'storedTwiceRecords')],
    ['processed twice', measured('duplicates', 'processedTwiceRecords')],
    ['stored out of order', measured('order-per-key', 'storedLateRecords', 'keyMoves')],
    ['first processed out of order', measured('order-per-key', 'processedLateRecords')],
    ['committed without a receipt', measured('commits-behind-receipts', 'committedUnprocessedRecords')],
  ];
  return {
    title: 'Record by record',
    columns: [{ name: 'records, and checks' }, { name: 'found' }],
    rows: [
      ...rows.map(([what, found]) => [what, toCell(found)]),
      ...checks.map((check) => [`check ${check.name}`, check.verdict]),
      ['verdict', verdict],
    ],
    notes: [
      ...checks.map(({ name, verdict: one, summary }) => `${name}: ${one}. ${summary}`),
      ...describeEvidence({ verdict, checks }),
      `Every record that was asked for was looked up in Kafka’s log and in the receipts: ${formatSeconds(facts.readMs)} ` +
        `to read them, ${formatSeconds(facts.judgedMs)} to judge them.`,
    ],
  };
}

/** The records behind every check that did not pass. */
export function describeEvidence({ checks }: Judgement): readonly string[] {
  return checks
    .filter(({ verdict }) => verdict !== 'pass')
    .flatMap(({ name, evidence }) => evidence.map((piece) => `${name}, evidence: \`${JSON.stringify(piece)}\``));
}

function pickDefined(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined);
}

/** JSON has no NaN: nothing measured is null. */
function toCell(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function toSeconds(ms: number | undefined): number | null {
  return toCell((ms ?? NaN) / 1000);
}

function formatSeconds(ms: number): string {
  return `${String(Math.round(ms / 100) / 10)} s`;
}
