/**
 * The long faults, each under load and judged. The runs make the table of docs/kubernetes-runs.md when LAB_WRITE_DOCS
 * says where to.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { waitBalanced } from '../../../verify/scenarios/balanced-group.ts';
import { waitUntil } from '../../../platforms/wait-until.ts';
import { type, typeWell } from '../../typed-command.ts';
import { findZooKeeperLeader } from '../find-zookeeper-leader.ts';
import { connectLab, type ConnectedLab } from '../connect-lab.ts';
import { expectPass, runFault, type FaultRun } from '../run-fault.ts';
import { waitFullIsr } from '../watch-isr.ts';
import { renderRuns } from './render-runs.ts';

jest.setTimeout(900_000);

const CONSUMERS = 3;
const BROKER_KILLS = 10;

describe('long faults under load on Kubernetes', () => {
  let lab: ConnectedLab;
  const runs: FaultRun[] = [];

  /** Runs one fault, keeps it for the table, pass or not, and expects that it passed. */
  const run = async (title: string, act: () => Promise<string | undefined>): Promise<FaultRun> => {
    const done = await runFault(lab, title, CONSUMERS, act);
    runs.push(done);
    expectPass(done);
    return done;
  };
  const waitWhole = async (): Promise<void> => {
    await lab.waitReady('zookeeper', 3, 300_000);
    await lab.waitReady('kafka', 3, 300_000);
    await waitFullIsr(lab.platform.addresses.kafka, 120_000);
  };
  const rollOut = async (workload: string): Promise<void> => {
    await typeWell(`kubectl rollout restart ${workload}`);
    await typeWell(`kubectl rollout status ${workload} --timeout=600s`);
  };

  beforeAll(async () => {
    lab = await connectLab();
  });
  beforeEach(async () => {
    await lab.platform.scale('consumer', CONSUMERS);
    await waitWhole();
    await waitBalanced(lab.platform, lab.observer, CONSUMERS);
  });
  afterAll(async () => {
    await lab.platform.scale('consumer', 1);
    await lab.close();
    const { LAB_WRITE_DOCS: file } = process.env;
    if (file !== undefined && file !== '') writeFileSync(file, renderRuns(runs));
  });

  it('consumers: SIGKILL of each, one after the other', async () => {
    const done = await run('SIGKILL of each of three consumers', async () => {
      const took: number[] = [];
      for (const { name } of await lab.platform.listReplicas('consumer')) {
        const startedAt = Date.now();
        await lab.platform.inject({ kind: 'kill', target: name });
        await waitBalanced(lab.platform, lab.observer, CONSUMERS);
        took.push((Date.now() - startedAt) / 1000);
      }
      return `balanced again after ${describeSpread(took)}`;
    });
    expect(done.restarts).toBe(CONSUMERS);
  });

  it(`brokers: ${String(BROKER_KILLS)} SIGKILLs in a row cost no container restart`, async () => {
    const done = await run(`${String(BROKER_KILLS)} SIGKILLs of brokers in a row`, async () => {
      const took: number[] = [];
      for (let kill = 0; kill < BROKER_KILLS; kill++) {
        const startedAt = Date.now();
        await lab.platform.inject({ kind: 'kill', target: `kafka-${String(kill % 3)}` });
        await waitFullIsr(lab.platform.addresses.kafka, 120_000);
        await waitWhole();
        took.push((Date.now() - startedAt) / 1000);
      }
      return `all copies in sync and all pods ready again after ${describeSpread(took)}`;
    });
    expect(done.restarts).toBe(0);
    expect(done.isr.smallestIsr).toBeGreaterThanOrEqual(2);
  });

  it('ZooKeeper: SIGKILL of the leader', async () => {
    const done = await run('SIGKILL of the ZooKeeper leader', async () => {
      await lab.platform.inject({ kind: 'kill', target: await findZooKeeperLeader() });
      await waitWhole();
      return undefined;
    });
    expect(done.restarts).toBe(0);
  });

  it.each(['deployment/consumer', 'deployment/producer', 'statefulset/zookeeper', 'statefulset/kafka'])(
    'kubectl rollout restart %s takes no partition below min ISR',
    async (workload) => {
      const done = await run(`kubectl rollout restart ${workload}`, async () => {
        await rollOut(workload);
        await waitWhole();
        return undefined;
      });
      expect(done.isr.samples).toBeGreaterThan(10);
      expect(done.isr.smallestIsr).toBeGreaterThanOrEqual(2);
    },
  );

  it('kubectl drain of a node leaves pods with volumes waiting, uncordon brings them back', async () => {
    const node = (await typeWell('kubectl get pod kafka-2 -o jsonpath={.spec.nodeName}')).trim();
    try {
      const done = await run('kubectl drain and uncordon of a node', async () => {
        await typeWell(`kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data --timeout=240s`);
        const waiting = await waitUntil(
          async () => {
            const pods = await typeWell('kubectl get pods --field-selector=status.phase=Pending -o name');
            return pods.includes('pod/kafka-2') ? pods.trim().split('\n').length : undefined;
          },
          { what: 'kafka-2 to wait for its node', timeoutMs: 60_000, intervalMs: 1000 },
        );
        await lab.waitReady('consumer', CONSUMERS);
        await typeWell(`kubectl uncordon ${node}`);
        await waitWhole();
        return `${String(waiting)} pods with volumes waited for the node`;
      });
      expect(done.isr.smallestIsr).toBeGreaterThanOrEqual(2);
    } finally {
      await type(`kubectl uncordon ${node}`);
    }
  });

  it('everything but the volumes deleted and applied again finds every record', async () => {
    const done = await run('everything but the volumes deleted, and kubectl apply -f dist/', async () => {
      // The namespace holds the volumes' claims: it stays.
      await typeWell(
        'kubectl delete statefulset,deployment,job,service,configmap,pdb,networkpolicy -l app.kubernetes.io/part-of=kafka-lab --timeout=240s',
      );
      await typeWell('kubectl wait pod --all --for=delete --timeout=240s');
      await typeWell('kubectl apply -f dist/');
      await typeWell(`kubectl scale deployment/consumer --replicas=${String(CONSUMERS)}`);
      await waitWhole();
      await lab.waitReady('producer', 1);
      await lab.waitReady('consumer', CONSUMERS);
      return undefined;
    });
    expect(done.refused + done.unknown).toBeGreaterThan(0);
  });
});

function describeSpread(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
  return `${at(0.5)} s in the median (${at(0)} to ${at(1)} s)`;
}
