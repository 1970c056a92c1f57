import type { SavedCheck, Verdict } from '../../../lib/contracts/saved-run.ts';
import type { Simulation } from './simulate-run.ts';

/** The checks of a made-up run: all pass, or the order of a key is broken, or the ledger could not be read to its end. */
export function buildChecks({ samples, rebalances }: Simulation, verdict: Verdict): SavedCheck[] {
  const records = samples.reduce((sum, { producedPerSecond }) => sum + producedPerSecond, 0);
  const count = new Intl.NumberFormat('en').format(records);
  return [
    {
      name: 'nothing-acknowledged-lost',
      verdict: verdict === 'unknown' ? 'unknown' : 'pass',
      summary:
        verdict === 'unknown'
          ? `${count} records acknowledged: cannot be judged, because the ledger of partition 4 ends before the log.`
          : `${count} records acknowledged: all of them stored and processed.`,
      measurements: { acknowledgedRecords: records, storedRecords: records, lostRecords: 0 },
      evidence: verdict === 'unknown' ? [{ partition: 4, logEnd: 7213, ledgerEnd: 6988 }] : [],
    },
    {
      name: 'duplicates',
      verdict: 'pass',
      summary: `${count} records stored: each once, 184 records processed twice.`,
      measurements: {
        storedRecords: records,
        storedTwiceRecords: 0,
        processedTwiceRecords: 184,
        repeatedProcessings: 184,
      },
      evidence: [
        { partition: 2, from: 4012, to: 4103, owners: ['consumer-3', 'consumer-5'] },
        { partition: 2, from: 4104, to: 4195, owners: ['consumer-3', 'consumer-5'] },
      ],
    },
    {
      name: 'order-per-key',
      verdict: verdict === 'fail' ? 'fail' : 'pass',
      summary:
        verdict === 'fail'
          ? '96 keys: 2 records were processed after a later record of their key.'
          : '96 keys: the records of each were first processed in their order.',
      measurements: { keys: 96, overtakenRecords: verdict === 'fail' ? 2 : 0 },
      evidence:
        verdict === 'fail'
          ? [
              {
                key: 'order-17',
                partition: 2,
                offset: 4101,
                processedBy: 'consumer-5',
                overtakenBy: { offset: 4104, processedBy: 'consumer-6' },
              },
              {
                key: 'order-58',
                partition: 2,
                offset: 4102,
                processedBy: 'consumer-5',
                overtakenBy: { offset: 4107, processedBy: 'consumer-6' },
              },
            ]
          : [],
    },
    {
      name: 'commits-behind-receipts',
      verdict: 'pass',
      summary: '1,204 commits: none of them before the receipt of what it commits.',
      measurements: { commits: 1204 },
      evidence: [],
    },
    {
      name: 'balanced',
      verdict: 'pass',
      summary: `${rebalances.length} generations: shares differ by one partition at most at the end of each step.`,
      measurements: { generations: rebalances.length, largestDifference: 1 },
      evidence: [],
    },
  ];
}
