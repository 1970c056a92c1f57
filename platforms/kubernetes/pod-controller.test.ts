import { describe, expect, it } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { readController } from './pod-controller.ts';
import { buildPod } from './testing/pod-fixture.ts';

function buildOwned(metadata: {
  readonly hash?: string;
  readonly owners?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
}): V1Pod {
  const labels = metadata.hash === undefined ? {} : { 'pod-template-hash': metadata.hash };
  return { metadata: { name: 'a', labels, ownerReferences: metadata.owners } } as unknown as V1Pod;
}

describe('readController', () => {
  it.each(['consumer', 'my-shop', 'a.b', 'x-5b45f56f77', 'd'.repeat(253)])(
    'knows a pod of the Deployment %s',
    (deployment) => {
      expect(readController(buildPod({ deployment }))).toBe(deployment);
    },
  );

  it('knows a pod of a StatefulSet', () => {
    expect(readController(buildPod({ statefulSet: 'ledger', name: 'ledger-0' }))).toBe('ledger');
  });

  const controller = true;
  it.each<{ what: string; pod: V1Pod }>([
    { what: 'whose StatefulSet does not control it', pod: buildPod({ workload: 'kafka', owner: 'StatefulSet' }) },
    { what: 'of nobody', pod: buildOwned({ hash: 'abc' }) },
    { what: 'without any metadata', pod: buildOwned({}) },
    {
      what: 'of a ReplicaSet that somebody made by hand',
      pod: buildOwned({ owners: [{ kind: 'ReplicaSet', name: 'consumer-abc', controller }] }),
    },
    {
      what: 'of a ReplicaSet that is named otherwise',
      pod: buildOwned({ hash: 'abc', owners: [{ kind: 'ReplicaSet', name: 'consumer-abd', controller }] }),
    },
    {
      what: 'whose hash is only the end of another word',
      pod: buildOwned({ hash: 'abc', owners: [{ kind: 'ReplicaSet', name: 'consumer-xabc', controller }] }),
    },
    {
      what: 'of a ReplicaSet that does not control it',
      pod: buildOwned({ hash: 'abc', owners: [{ kind: 'ReplicaSet', name: 'consumer-abc' }] }),
    },
    {
      what: 'of a Job',
      pod: buildOwned({ hash: 'abc', owners: [{ kind: 'Job', name: 'consumer-abc', controller }] }),
    },
  ])('knows nothing that keeps a pod running $what', ({ pod }) => {
    expect(readController(pod)).toBeUndefined();
  });

  it('looks at the owner that controls the pod, wherever it stands', () => {
    const owners = [
      { kind: 'ReplicaSet', name: 'former-abc' },
      { kind: 'ReplicaSet', name: 'consumer-abc', controller },
    ];
    expect(readController(buildOwned({ hash: 'abc', owners }))).toBe('consumer');
  });
});
