import type { Check } from './check.ts';
import type { History } from './history.ts';
import { conclude, type CheckResult } from './verdict.ts';
import { countOf } from '../../lib/wording/wording.ts';

const NAME = 'fully-replicated';

export const fullyReplicated: Check = {
  name: NAME,
  passes: 'at the end every copy is in sync and every broker is there',
  begin: ({ history }) => ({ finish: () => checkFullyReplicated(history) }),
};

/** At the end every broker is back, and every copy of every partition in sync. */
export function checkFullyReplicated({ replication }: Pick<History, 'replication'>): CheckResult {
  if (replication === undefined) {
    return conclude({
      name: NAME,
      subject: 'The copies of all partitions',
      failures: [],
      doubts: ['they were not observed after the last step'],
      passed: '',
      measurements: {},
      evidence: [],
    });
  }
  const { brokers, expectedBrokers, underReplicated } = replication;
  const failures = [
    ...(brokers < expectedBrokers ? [`${String(expectedBrokers)} were expected`] : []),
    ...(underReplicated > 0
      ? [`${countOf(underReplicated, 'partition has', 'partitions have')} a copy that is not in sync`]
      : []),
  ];
  return conclude({
    name: NAME,
    subject: `${countOf(brokers, 'broker')} at the end`,
    failures,
    doubts: [],
    passed: 'all there, and every copy of every partition in sync',
    measurements: { brokers, expectedBrokers, underReplicatedPartitions: underReplicated },
    evidence: failures.length > 0 ? [replication] : [],
  });
}
