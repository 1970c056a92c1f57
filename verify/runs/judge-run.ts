import { setImmediate } from 'node:timers/promises';
import type { SavedRebalance } from '../../lib/contracts/saved-run.ts';
import type { History, LedgerEntry } from '../checks/history.ts';
import { createJudging, type Judgement } from '../checks/judge.ts';
import type { RunMeasurement } from '../checks/measure-run.ts';
import type { Operations } from '../checks/operations.ts';
import { createContext, createPreparation, type RunContext } from '../checks/prepare-run.ts';
import { toRecords } from '../checks/records.ts';
import type { PartitionContent } from '../checks/run.ts';
import { surveyReceipts } from '../checks/survey-receipts.ts';
import { buildFacts } from '../history/build-facts.ts';
import { JOURNAL_FILE } from '../history/journal.ts';
import { readJournal, type JournalContent } from '../history/read-journal.ts';
import { openEvidence, type RunDirectory } from '../history/run-directory.ts';
import { listRebalances } from '../report/list-rebalances.ts';
import { RunPicture } from '../report/run-picture.ts';

/** A run as it was read from its directory, and the verdict on it. */
export interface JudgedRun {
  readonly journal: JournalContent;
  readonly run: RunContext;
  readonly measurement: RunMeasurement;
  readonly picture: RunPicture;
  readonly rebalances: readonly SavedRebalance[];
  readonly judgement: Judgement;
}

/**
 * Judges what is in a run's directory, and nothing else: in one pass, with one partition in memory at a time.
 *
 * @throws AppError `not-found`, `data-mismatch` when there is no journal, or a file is damaged
 */
export async function judgeRun(directory: RunDirectory): Promise<JudgedRun> {
  const { journal, run, load } = await openRun(directory);
  const judging = createJudging(run);
  const picture = new RunPicture(journal);
  const prepare = createPreparation(run);
  for (const partition of run.readings.keys()) {
    const prepared = prepare(partition, load(partition));
    judging.take(prepared);
    picture.take(prepared);
    // Whoever wants to be heard meanwhile is.
    await setImmediate();
  }
  const { judgement, measurement } = judging.finish();
  const rebalances = listRebalances(journal, run.history.generations);
  return { journal, run, measurement, picture, rebalances, judgement };
}

/**
 * All of a run that is in a directory, in memory.
 *
 * @throws AppError as of `judgeRun`
 */
export async function readHistory(directory: RunDirectory): Promise<History> {
  const { run, load } = await openRun(directory);
  const contents = [...run.readings.keys()].map((partition) => {
    const { logged, ...lists } = load(partition);
    return { ...lists, log: [...logged] };
  });
  return {
    ...run.history,
    operations: [...run.operations.rows()].map((row) => run.operations.at(row)),
    log: contents.flatMap(({ log }) => log),
    receipts: contents.flatMap(({ receipts }) => receipts),
    commits: contents.flatMap(({ commits }) => commits),
  };
}

async function openRun(directory: RunDirectory): Promise<{
  readonly journal: JournalContent;
  readonly run: RunContext;
  readonly load: (partition: number) => PartitionContent;
}> {
  const journal = await readJournal(directory.file(JOURNAL_FILE));
  const evidence = await openEvidence(directory);
  const facts = buildFacts(journal, evidence?.facts);
  const { operations } = journal;
  const receipts: Iterable<LedgerEntry> = evidence?.receipts() ?? [];
  const run = createContext({
    facts,
    operations,
    survey: surveyReceipts(facts, receipts),
    commits: evidence?.commits ?? 0,
    partitions: evidence?.partitions ?? [],
  });
  const load = (partition: number): PartitionContent => {
    const content = evidence?.load(partition, operations.keys) ?? loadNothing(partition, operations);
    return { ...content, receipts: content.receipts.filter(({ topic }) => topic === facts.topic) };
  };
  return { journal, run, load };
}

function loadNothing(partition: number, { keys }: Operations): PartitionContent {
  return { logged: toRecords(partition, keys, []), receipts: [], commits: [] };
}
