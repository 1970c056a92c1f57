/**
 * Consumers that are static members on Kubernetes: a StatefulSet in their Deployment's place, with the pods' names as ids.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '../../../platforms/wait-until.ts';
import { typeWell } from '../../typed-command.ts';
import { connectLab, type ConnectedLab } from '../connect-lab.ts';
import { withManifests } from './with-manifests.ts';

jest.setTimeout(900_000);

/** A pod that goes needs less, and the operator looks every few seconds. A session is 10 s, and would not do. */
const REMOVED_WITHIN_MS = 9000;

describe('static members on Kubernetes', () => {
  let lab: ConnectedLab;

  /** What the settings make of the consumers and their group, in place of what there is. */
  async function replaceConsumers(settings: string, present: 'deployment' | 'statefulset'): Promise<void> {
    const image = await typeWell(
      `kubectl get ${present} consumer -o 'jsonpath={.spec.template.spec.containers[0].image}'`,
    );
    const apply = async (output: string): Promise<void> => {
      await typeWell(`kubectl delete ${present}/consumer --cascade=foreground`);
      await typeWell(`kubectl apply -f ${output}/0008-consumer.k8s.yaml -f ${output}/0010-consumer-group.k8s.yaml`);
    };
    await withManifests({ environment: 'static', settings }, apply, `--image consumer=${image}`);
  }

  /** The generation in which so many members have all partitions. */
  const waitShared = (shares: readonly number[], timeoutMs = 120_000) =>
    waitUntil(
      async () => {
        const latest = await lab.observer.readLatestGeneration();
        const members = latest?.members.map((member) => member.partitions[lab.topic]?.length ?? 0) ?? [];
        return String(members.sort()) === String(shares) ? latest : undefined;
      },
      { what: `shares of ${String(shares)}`, timeoutMs, intervalMs: 100 },
    );

  const listIds = (latest: Awaited<ReturnType<typeof waitShared>>) =>
    latest.members.map(({ groupInstanceId }) => groupInstanceId).sort();

  beforeAll(async () => {
    await replaceConsumers('podCidr: 10.244.0.0/16\nconsumer: { static: true }\n', 'deployment');
    lab = await connectLab();
  });
  afterAll(async () => {
    await replaceConsumers('podCidr: 10.244.0.0/16\n', 'statefulset');
    await typeWell('kubectl delete service/consumer-headless --ignore-not-found');
    await lab.waitReady('consumer', 1);
    await lab.close();
  });

  it('keep their partitions while their pods are deleted and rolled, and the operator takes out who goes for good', async () => {
    await typeWell('kubectl scale statefulset/consumer --replicas=3');
    await lab.waitReady('consumer', 3);
    const before = await waitShared([2, 2, 2]);
    expect(listIds(before)).toEqual(['consumer-0', 'consumer-1', 'consumer-2']);

    await typeWell('kubectl delete pod/consumer-1 --wait');
    await typeWell('kubectl rollout restart statefulset/consumer');
    await typeWell('kubectl rollout status statefulset/consumer --timeout=180s');
    const after = await waitShared([2, 2, 2]);
    expect(after.generation).toBe(before.generation);
    expect(after.members.map(({ memberId }) => memberId).sort()).not.toEqual(
      before.members.map(({ memberId }) => memberId).sort(),
    );

    const scaledAt = Date.now();
    await typeWell('kubectl scale statefulset/consumer --replicas=2');
    const shared = await waitShared([3, 3], 30_000);
    expect(listIds(shared)).toEqual(['consumer-0', 'consumer-1']);
    expect(Date.now() - scaledAt).toBeLessThan(REMOVED_WITHIN_MS);
  });
});
