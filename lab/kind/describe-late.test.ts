import { describe, expect, it } from '@jest/globals';
import { describeLate, type WorkloadObject } from './describe-late.ts';

function buildWorkload(fields: Partial<WorkloadObject>): WorkloadObject {
  return {
    kind: 'StatefulSet',
    metadata: { name: 'kafka', generation: 2 },
    spec: { replicas: 3 },
    ...fields,
  };
}

const WHOLE = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };

describe('describeLate', () => {
  it('says nothing of what runs as it should', () => {
    expect(describeLate([buildWorkload({ status: WHOLE })])).toEqual([]);
  });

  it.each([
    { title: 'nobody has looked at yet', status: {}, sentence: 'kafka is new' },
    {
      title: 'was changed a moment ago',
      status: { ...WHOLE, observedGeneration: 1 },
      sentence: 'kafka is new',
    },
    {
      title: 'rolls',
      status: { ...WHOLE, updatedReplicas: 1 },
      sentence: 'kafka has 1 of 3 updated',
    },
    {
      title: 'has not become available',
      status: { ...WHOLE, availableReplicas: 2 },
      sentence: 'kafka has 2 of 3 ready',
    },
    { title: 'has an old pod left', status: { ...WHOLE, replicas: 4 }, sentence: 'kafka ends 1' },
  ])('names a workload that $title', ({ status, sentence }) => {
    expect(describeLate([buildWorkload({ status })])).toEqual([{ name: 'kafka', sentence, isFailed: false }]);
  });

  it('takes one replica where a Deployment says none, and none where it was scaled to none', () => {
    const deployment = { kind: 'Deployment', metadata: { name: 'consumer', generation: 1 } };
    const status = { observedGeneration: 1 };
    expect(describeLate([{ ...deployment, spec: {}, status }])).toHaveLength(1);
    expect(describeLate([{ ...deployment, spec: { replicas: 0 }, status }])).toEqual([]);
  });

  it.each([
    { title: 'has succeeded', status: { succeeded: 1, failed: 2 }, late: [] },
    {
      title: 'tries again',
      status: { failed: 2 },
      late: [{ name: 'topics', sentence: 'topics has not ended, and failed 2 times', isFailed: false }],
    },
    {
      title: 'has given up',
      status: { conditions: [{ type: 'Failed', status: 'True', message: 'deadline' }] },
      late: [{ name: 'topics', sentence: 'topics has failed: deadline', isFailed: true }],
    },
  ])('knows a Job that $title', ({ status, late }) => {
    expect(describeLate([{ kind: 'Job', metadata: { name: 'topics' }, spec: {}, status }])).toEqual(late);
  });
});
