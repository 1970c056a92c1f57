import { describe, expect, it } from '@jest/globals';
import { readPlainHistory } from './read-plain-history.ts';

describe('readPlainHistory', () => {
  it('joins what Kafka holds with what was driven, and asks for what is left last', async () => {
    const asked: string[] = [];
    const commit = { partition: 0, offset: 7, at: 5 };
    const evidence = {
      ...{ partitions: 1, logRange: [], ledgerRange: [], committed: [], generations: [] },
      ...{ groupReading: 'whole' as const, deadLetters: [] },
    };
    const history = await readPlainHistory(
      {
        topic: 'app',
        readEvidence: (run, sink) => {
          asked.push('evidence');
          expect(run).toEqual({ start, end });
          sink.commit(commit);
          return Promise.resolve(evidence);
        },
        inspectBrokers: () => {
          asked.push('brokers');
          return Promise.resolve({ clusterId: null, brokers: [], underReplicated: 2 });
        },
        countLeft: () => {
          asked.push('left');
          return Promise.resolve(3);
        },
      },
      { runId: 'run', start, end, operations: [], assignments: [] },
    );
    expect(asked).toEqual(['evidence', 'brokers', 'left']);
    expect(history).toMatchObject({ runId: 'run', topic: 'app', partitions: 1, leftRecords: 3, commits: [commit] });
    expect(history.replication).toMatchObject({ underReplicated: 2, brokers: 0, expectedBrokers: 3 });
  });
});

const start = { log: [], ledger: [], deadLetters: [], group: 0 };
const end = new Map([[0, 8]]);
