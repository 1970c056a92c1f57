import { describe, expect, it } from '@jest/globals';
import { buildGroup, buildLabMember } from '../../live/testing/lab-fixture.ts';
import type { Controller } from '../../platforms/kubernetes/controllers.ts';
import { decideRemovals } from './decide-removals.ts';
import { buildReplicas } from './testing/operator-fixture.ts';

const STATEFUL_SET: Controller = { kind: 'statefulset', name: 'consumer', workload: 'consumer', replicas: 2 };

/** Members under the ids of those names, of which the first so many have a pod. */
function decide(ids: readonly (string | null)[], pods: readonly string[], controller: Controller | undefined) {
  const members = ids.map((groupInstanceId, index) =>
    buildLabMember(groupInstanceId ?? `dynamic-${String(index)}`, { groupInstanceId }),
  );
  const replicas = buildReplicas(buildGroup(Object.fromEntries(pods.map((pod) => [pod, []]))));
  const group = buildGroup(undefined, { members });
  return decideRemovals(group, replicas, controller).map(({ clientId }) => clientId);
}

describe('decideRemovals', () => {
  const pods = ['consumer-0', 'consumer-1'];

  it('takes out those beyond the number that is wanted, once their pods are gone', () => {
    const ids = ['consumer-0', 'consumer-1', 'consumer-2', 'consumer-10'];
    expect(decide(ids, pods, STATEFUL_SET)).toEqual(['consumer-2', 'consumer-10']);
    expect(decide(ids, [...pods, 'consumer-2'], STATEFUL_SET)).toEqual(['consumer-10']);
    expect(decide(ids, [], { ...STATEFUL_SET, replicas: 0 })).toEqual(ids);
  });

  it('leaves alone who is wanted and away: it comes back', () => {
    expect(decide(['consumer-0', 'consumer-1'], ['consumer-0'], STATEFUL_SET)).toEqual([]);
  });

  it('leaves alone dynamic members, and ids that are no name of its pods', () => {
    const ids = [null, 'consumer-x', 'consumer-', 'consumer-02', 'consumer--3', 'other-7', 'consumer-eu-7'];
    expect(decide(ids, pods, STATEFUL_SET)).toEqual([]);
  });

  it.each([undefined, { ...STATEFUL_SET, kind: 'deployment' } as const])(
    'takes nobody out where there is no StatefulSet (%#)',
    (controller) => {
      expect(decide(['consumer-7'], pods, controller)).toEqual([]);
    },
  );
});
