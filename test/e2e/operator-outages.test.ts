/**
 * What the operator says while Kafka, or the API server, is away, and that it is right again by itself afterwards.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { type, typeWell } from '../typed-command.ts';
import { connectLab, type ConnectedLab } from './connect-lab.ts';

jest.setTimeout(400_000);

/** The API server alone: its node has the cluster's name servers, too. */
const signalApiServer = (signal: 'STOP' | 'CONT'): string =>
  `docker exec kafka-lab-control-plane pkill -${signal} -f '^kube-apiserver '`;
const KAFKA_AWAY_MS = 60_000;
const API_SERVER_AWAY_MS = 30_000;

describe('the operator', () => {
  let lab: ConnectedLab;
  let address: string;
  let node: string;

  const readOperator = (path: string): Promise<string> =>
    typeWell(`kubectl get pod -l app.kubernetes.io/name=operator -o jsonpath={.items[0]${path}}`);
  const waitCondition = async (condition: string, timeoutS: number): Promise<void> => {
    const wait = `kubectl wait --for=condition=${condition} consumergroup/app --timeout=${String(timeoutS)}s`;
    await typeWell(wait);
  };
  /** What the page shows, read on the operator's own node: no API server is needed for it. */
  const readPage = async (): Promise<LabSnapshot> =>
    JSON.parse(
      await typeWell(`docker exec ${node} curl -sS --max-time 5 http://${address}:8080/api/snapshot`),
    ) as LabSnapshot;

  beforeAll(async () => {
    lab = await connectLab();
    await typeWell('kubectl scale deployment/consumer --replicas=2');
    await lab.waitReady('consumer', 2);
    await waitCondition('Balanced', 90);
    [address, node] = [await readOperator('.status.podIP'), await readOperator('.spec.nodeName')];
  });
  afterAll(async () => {
    await type(signalApiServer('CONT'));
    await typeWell('kubectl scale deployment/consumer --replicas=1');
    await lab.close();
  });

  it('says that Kafka is away, keeps what was known, and goes on when Kafka is back', async () => {
    const brokers = ['kafka-0', 'kafka-1', 'kafka-2'];
    await Promise.all(brokers.map((target) => lab.platform.inject({ kind: 'stop', target })));
    const stoppedAt = Date.now();
    try {
      await waitCondition('Available=false', 60);
      expect(await typeWell(`kubectl get cg app -o jsonpath='{.status.conditions[?(@.type=="Available")]}'`)).toMatch(
        /has not answered since .*KafkaUnreachable/,
      );
      const shown = await waitUntil(
        async () => {
          const snapshot = await readPage();
          return snapshot.kafka.isReachable ? undefined : snapshot;
        },
        { what: 'the page to say that Kafka is away', timeoutMs: 30_000, intervalMs: 500 },
      );
      expect(shown.groupContact.isReachable).toBe(false);
      expect(shown.group.partitions).toHaveLength(6);
      expect(shown.group.pods).toHaveLength(2);
      await delay(Math.max(0, stoppedAt + KAFKA_AWAY_MS - Date.now()));
    } finally {
      await Promise.all(brokers.map((target) => lab.platform.inject({ kind: 'start', target })));
    }
    await waitCondition('Available', 120);
    await waitCondition('Balanced', 120);
    await waitUntil(async () => ((await readPage()).kafka.isReachable ? true : undefined), {
      what: 'the page to say that Kafka is back',
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    expect(await readOperator('.status.containerStatuses[0].restartCount')).toBe('0');
  });

  it('says that the API server is away, and sees what happens when it is back', async () => {
    await typeWell(signalApiServer('STOP'));
    try {
      const pausedAt = Date.now();
      await waitUntil(async () => ((await readPage()).apiServer?.isReachable === false ? true : undefined), {
        what: 'the page to say that the API server is away',
        timeoutMs: API_SERVER_AWAY_MS + 30_000,
        intervalMs: 1000,
      });
      // Kafka is not, and the group is still watched.
      const shown = await readPage();
      expect(shown.groupContact.isReachable).toBe(true);
      expect(shown.group.state).toBe('Stable');
      await delay(Math.max(0, pausedAt + API_SERVER_AWAY_MS - Date.now()));
    } finally {
      await typeWell(signalApiServer('CONT'));
    }
    await waitUntil(async () => ((await readPage()).apiServer?.isReachable ? true : undefined), {
      what: 'the page to say that the API server is back',
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    await waitUntil(
      async () => ((await type('kubectl scale deployment/consumer --replicas=3')).code === 0 ? true : undefined),
      {
        what: 'the API server to take a scaling',
        timeoutMs: 60_000,
        intervalMs: 1000,
      },
    );
    await waitUntil(
      async () => ((await typeWell('kubectl get cg app -o jsonpath={.status.members}')) === '3' ? true : undefined),
      { what: 'three members in the status', timeoutMs: 90_000, intervalMs: 500 },
    );
    await waitCondition('Balanced', 90);
    expect(await readOperator('.status.containerStatuses[0].restartCount')).toBe('0');
  });
});
