import type { History, LedgerEntry } from '../../verify/checks/history.ts';
import type { Answer } from '../../verify/workload/drive-requests.ts';
import { HOLD_MS, type Kill } from './kill-broker.ts';
import {
  findLongest,
  findSilences,
  measureRecovery,
  splitAtSilence,
  type Recovery,
  type Run,
  type Span,
} from './silences.ts';

/** What a kill did to the records, all from what Kafka holds and what the driver was told. */
export interface MeasuredKill extends Kill {
  /** The longest silence of a partition's receipts. */
  readonly consumerPauseMs: number;
  /** Until every partition's receipts were back; undefined when those of one were not. */
  readonly consumingAgainMs: number | undefined;
  /** The longest silence of a partition's receipts after they were back; undefined when those of one were not. */
  readonly laterConsumerPauseMs: number | undefined;
  /** Partitions whose consumer was silent up to the end of the window. */
  readonly silentPartitions: readonly number[];
  /** The longest time without any acknowledgement. */
  readonly producerPauseMs: number;
  /** Until every partition's acknowledgements were back; undefined when those of one were not. */
  readonly producingAgainMs: number | undefined;
  /** Answers from this kill to the next. */
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
}

/** Less than the load runs before the first kill. */
const STEADY_MS = 2000;

/** When the records of each partition were processed and acknowledged, by partition. */
interface Activity {
  readonly processed: readonly (readonly Span[])[];
  readonly acknowledged: readonly (readonly Span[])[];
  /** Acknowledgements of all partitions. */
  readonly allAcknowledged: readonly Span[];
}

/**
 * @param kills in the order in which they happened
 * @param answers of the whole run
 */
export function measureKills(
  kills: readonly Kill[],
  history: Pick<History, 'partitions' | 'receipts' | 'topic'>,
  answers: readonly Answer[],
): readonly MeasuredKill[] {
  const activity = arrange(history, answers, measureSteadyRate(answers, kills[0]) / history.partitions);
  return kills.map((kill, index) => {
    const until = kills[index + 1]?.window.from ?? Infinity;
    return measureKill(
      kill,
      activity,
      answers.filter(({ at }) => at >= kill.window.from && at < until),
    );
  });
}

function measureKill(kill: Kill, activity: Activity, answers: readonly Answer[]): MeasuredKill {
  const { window } = kill;
  const measure = (spans: readonly Span[]): Recovery => measureRecovery(spans, window, HOLD_MS);
  const processed = activity.processed.map(measure);
  const acknowledged = activity.acknowledged.map(measure);
  const consumingAgainMs = findLast(processed);
  const count = (wanted: string): number => answers.filter(({ operation }) => operation.outcome.kind === wanted).length;
  return {
    ...kill,
    consumerPauseMs: Math.max(...processed.map(({ longestMs }) => longestMs)),
    consumingAgainMs,
    laterConsumerPauseMs:
      consumingAgainMs === undefined ? undefined : Math.max(...processed.map(({ longestLaterMs }) => longestLaterMs)),
    silentPartitions: processed.flatMap(({ recoveredMs }, partition) => (recoveredMs === undefined ? [partition] : [])),
    producerPauseMs: findLongest(findSilences(activity.allAcknowledged, window)),
    producingAgainMs: findLast(acknowledged),
    acknowledged: count('ok'),
    refused: count('fail'),
    unknown: count('unknown'),
  };
}

/** Records acknowledged a second in the last seconds before the first kill. */
function measureSteadyRate(answers: readonly Answer[], first: Kill | undefined): number {
  const to = first?.window.from ?? 0;
  const from = to - STEADY_MS;
  return (
    answers.filter((answer) => isAcknowledged(answer) && answer.at >= from && answer.at < to).length /
    (STEADY_MS / 1000)
  );
}

function isAcknowledged({ operation }: Answer): boolean {
  return operation.outcome.kind === 'ok';
}

function arrange(
  history: Pick<History, 'partitions' | 'receipts' | 'topic'>,
  answers: readonly Answer[],
  steadyPerSecond: number,
): Activity {
  const partitions = [...Array(history.partitions).keys()];
  const receipts = Map.groupBy(
    history.receipts.filter(({ topic }) => topic === history.topic),
    ({ partition }) => partition,
  );
  const acknowledged: Span[][] = partitions.map(() => []);
  for (const { at, operation } of answers) {
    if (operation.outcome.kind === 'ok') acknowledged[operation.outcome.partition]?.push({ start: at, end: at });
  }
  return {
    processed: partitions.map((partition) =>
      (receipts.get(partition) ?? []).flatMap((entry) => splitAtSilence(readRun(entry), steadyPerSecond)),
    ),
    acknowledged,
    allAcknowledged: acknowledged.flat(),
  };
}

function readRun({ startedAt, finishedAt, from, to }: LedgerEntry): Run {
  return { start: Date.parse(startedAt), end: Date.parse(finishedAt), records: to - from + 1 };
}

function findLast(recoveries: readonly Recovery[]): number | undefined {
  const times = recoveries.map(({ recoveredMs }) => recoveredMs);
  return times.reduce<number | undefined>(
    (last, time) => (last === undefined || time === undefined ? undefined : Math.max(last, time)),
    0,
  );
}
