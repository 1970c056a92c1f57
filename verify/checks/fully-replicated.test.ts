import { describe, expect, it } from '@jest/globals';
import { checkFullyReplicated } from './fully-replicated.ts';

const whole = { at: 0, underReplicated: 0, brokers: 3, expectedBrokers: 3 };

describe('fully-replicated', () => {
  it.each([
    {
      what: 'every broker is there and every copy in sync',
      changes: {},
      verdict: 'pass',
      summary: '3 brokers at the end: all there, and every copy of every partition in sync.',
    },
    {
      what: 'a broker is missing',
      changes: { brokers: 2 },
      verdict: 'fail',
      summary: '2 brokers at the end: 3 were expected.',
    },
    {
      what: 'a copy is not in sync',
      changes: { underReplicated: 1 },
      verdict: 'fail',
      summary: '3 brokers at the end: 1 partition has a copy that is not in sync.',
    },
    {
      what: 'both is so',
      changes: { brokers: 2, underReplicated: 40 },
      verdict: 'fail',
      summary: '2 brokers at the end: 3 were expected and 40 partitions have a copy that is not in sync.',
    },
  ])('gives $verdict when $what', ({ changes, verdict, summary }) => {
    const replication = { ...whole, ...changes };
    expect(checkFullyReplicated({ replication })).toMatchObject({
      verdict,
      summary,
      evidence: verdict === 'fail' ? [replication] : [],
    });
  });

  it('does not know when nobody looked', () => {
    expect(checkFullyReplicated({ replication: undefined })).toMatchObject({
      verdict: 'unknown',
      summary: 'The copies of all partitions: cannot be judged, because they were not observed after the last step.',
    });
  });
});
