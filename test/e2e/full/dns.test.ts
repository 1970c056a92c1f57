/**
 * The cluster's name service gone for a minute, under load: what is connected goes on, what must connect anew cannot find
 * anybody, and all of it mends itself.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { waitBalanced } from '../../../verify/scenarios/balanced-group.ts';
import { CONTEXT, NAMESPACE } from '../../../lib/contracts/addresses.ts';
import { typeWell } from '../../typed-command.ts';
import { connectLab, type ConnectedLab } from '../connect-lab.ts';
import { expectPass, runFault } from '../run-fault.ts';
import { waitFullIsr } from '../watch-isr.ts';

jest.setTimeout(900_000);

const CONSUMERS = 3;
const GONE_MS = 60_000;
const DNS = 'deployment/coredns';
/** Nobody answered, or nobody knows the name. */
const UNRESOLVED = /WARN .*(?:could not be resolved|EAI_AGAIN|ENOTFOUND)/;

describe('without names on Kubernetes', () => {
  let lab: ConnectedLab;
  beforeAll(async () => {
    lab = await connectLab();
    await lab.platform.scale('consumer', CONSUMERS);
    await waitWhole();
    await waitBalanced(lab.platform, lab.observer, CONSUMERS);
  });
  afterAll(async () => {
    await lab.platform.scale('consumer', 1);
    await lab.close();
  });
  const waitWhole = async (): Promise<void> => {
    await lab.waitReady('zookeeper', 3, 300_000);
    await lab.waitReady('kafka', 3, 300_000);
    await lab.waitReady('producer', 1);
    await lab.waitReady('consumer', CONSUMERS);
    await waitFullIsr(lab.platform.addresses.kafka, 120_000);
  };

  it('a minute without DNS, in which a broker dies, loses nothing and mends itself', async () => {
    const replicas = (await typeAsAdmin(`get ${DNS} -o jsonpath={.spec.replicas}`)).trim();
    expect(Number(replicas)).toBeGreaterThan(0);
    const startedAt = new Date();
    const run = await runFault(
      lab,
      'DNS of the cluster gone for a minute, and SIGKILL of a broker',
      CONSUMERS,
      async () => {
        try {
          await typeAsAdmin(`scale ${DNS} --replicas=0`);
          await typeAsAdmin('wait pod -l k8s-app=kube-dns --for=delete --timeout=120s');
          // Its clients must connect anew, and it must find ZooKeeper before it serves again.
          await lab.platform.inject({ kind: 'kill', target: 'kafka-1' });
          await delay(GONE_MS);
        } finally {
          await typeAsAdmin(`scale ${DNS} --replicas=${replicas}`);
        }
        await typeAsAdmin(`rollout status ${DNS} --timeout=240s`);
        const backAt = Date.now();
        await waitWhole();
        await waitBalanced(lab.platform, lab.observer, CONSUMERS);
        return `whole again ${((Date.now() - backAt) / 1000).toFixed(1)} s after DNS was back`;
      },
    );
    expectPass(run);
    // Brokers find each other by the same names: a partition may be left with one copy, and takes no record then.
    expect(run.isr.samples).toBeGreaterThan(10);
    // Somebody who had to connect says in words what was in the way.
    const services = [
      ...(await lab.platform.listReplicas('producer')),
      ...(await lab.platform.listReplicas('consumer')),
    ];
    const logs = services.map(({ name }) =>
      typeWell(`kubectl --context ${CONTEXT} -n ${NAMESPACE} logs ${name} --since-time=${startedAt.toISOString()}`),
    );
    expect((await Promise.all(logs)).join('\n')).toMatch(UNRESOLVED);
  });
});

/** A command on what is not the lab's: it names the cluster, whatever kubectl is set to. */
function typeAsAdmin(command: string): Promise<string> {
  return typeWell(`kubectl --context ${CONTEXT} -n kube-system ${command}`);
}
