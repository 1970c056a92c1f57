import type { History } from '../checks/history.ts';
import type { RunHeader } from '../history/journal.ts';
import { JOURNAL_FILE, openJournal } from '../history/journal.ts';
import { toAnswers, toInvocations } from '../history/operation-lines.ts';
import { makeRunDirectory, writeEvidence, type RunDirectory } from '../history/run-directory.ts';
import { NOW } from './history-fixture.ts';

/** Writes a history into a directory, as a verifier leaves it that came to its end. */
export async function saveRun(dir: string, history: History): Promise<RunDirectory> {
  const directory = await makeRunDirectory(dir);
  writeJournal(directory, history);
  await writeEvidence(directory, (sink) => {
    for (const receipt of sortByPartition(history.receipts)) sink.receipt(receipt);
    for (const record of sortByPartition(history.log)) sink.record(record);
    for (const commit of sortByPartition(history.commits)) sink.commit(commit);
    const { partitions, cleanupPolicy, logRange, ledgerRange, committed, generations, groupReading, deadLetters } =
      history;
    return Promise.resolve({
      ...(cleanupPolicy !== undefined && { cleanupPolicy }),
      ...{ partitions, logRange, ledgerRange, committed, generations, groupReading, deadLetters },
    });
  });
  return directory;
}

function writeJournal(directory: RunDirectory, history: History): void {
  const journal = openJournal(directory.file(JOURNAL_FILE));
  journal.write({ kind: 'run', ...buildHeader(history) });
  for (const { index, kind, text, startedAt, endedAt, ...result } of history.steps) {
    journal.write({ kind: 'step-begins', at: startedAt, index, step: kind, text });
    if (endedAt !== null) journal.write({ kind: 'step-ends', at: endedAt, index, ...result });
  }
  for (const operation of history.operations) {
    for (const line of [...toInvocations([operation]), ...toAnswers([operation], NOW)]) journal.write(line);
  }
  for (const fault of history.faults) journal.write({ kind: 'fault', fault, rule: fault.target });
  for (const sample of history.commitSamples ?? []) journal.write({ kind: 'commit-sample', sample });
  for (const assignment of history.assignments) journal.write({ kind: 'assignment', assignment });
  if (history.replication) journal.write({ kind: 'replication', replication: history.replication });
  journal.write({ kind: 'over', at: NOW, isComplete: true, reason: 'done' });
  journal.write({ kind: 'end', at: NOW, log: [], leftRecords: history.leftRecords ?? 0 });
  journal.close();
}

function buildHeader({ runId, topic, partitions, limits }: History): RunHeader {
  return {
    format: 2,
    runId,
    scenario: { name: 'made-up', description: 'A group whose members come and go.', seed: 1 },
    limits,
    platform: 'local',
    clusterId: 'made-up',
    groupId: 'app',
    topic,
    receiptsTopic: 'app.receipts',
    partitions,
    startedAt: NOW,
    start: { log: [], ledger: [], deadLetters: [], group: 0 },
    settings: {},
    versions: {},
    machine: {},
  };
}

/** The long lists hold a partition behind another. */
function sortByPartition<Entry extends { readonly partition: number }>(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((one, other) => one.partition - other.partition);
}
