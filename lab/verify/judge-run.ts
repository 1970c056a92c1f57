import type { SavedRebalance } from '../../lib/contracts/saved-run.ts';
import { judgePrepared, type Judgement } from '../checks/judge.ts';
import { measureRun, type RunMeasurement } from '../checks/measure-run.ts';
import { prepareRun, type PreparedRun } from '../checks/prepare-run.ts';
import { buildHistory } from '../history/build-history.ts';
import { JOURNAL_FILE } from '../history/journal.ts';
import { readJournal, type JournalContent } from '../history/read-journal.ts';
import { readEvidence, type RunDirectory } from '../history/run-directory.ts';
import { listRebalances } from '../report/list-rebalances.ts';

/** A run as it was read from its directory, and the verdict on it. */
export interface JudgedRun {
  readonly journal: JournalContent;
  readonly run: PreparedRun;
  readonly measurement: RunMeasurement;
  readonly rebalances: readonly SavedRebalance[];
  readonly judgement: Judgement;
}

/**
 * Judges what is in a run's directory, and nothing else.
 *
 * @throws AppError `not-found`, `data-mismatch` when there is no journal
 */
export async function judgeRun(directory: RunDirectory): Promise<JudgedRun> {
  const journal = await readJournal(directory.file(JOURNAL_FILE));
  const run = prepareRun(buildHistory(journal, await readEvidence(directory)));
  const measurement = measureRun(run);
  const rebalances = listRebalances(journal, run.history.generations);
  return { journal, run, measurement, rebalances, judgement: judgePrepared(run, measurement) };
}
