import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { applyDeletionCost, applyEvent, applyStatus, type EventToApply } from './apply.ts';
import { startFakeApiServer, type FakeApiServer, type FakeRequest } from './testing/fake-api-server.ts';

const KIND = { group: 'groups.kafka-lab.dev', version: 'v1alpha1', kind: 'ConsumerGroup', plural: 'consumergroups' };
const APP = { namespace: 'lab', name: 'app', uid: 'uid-app' };
const POD = { namespace: 'lab', name: 'consumer-a', uid: 'uid-a' };
const COST = 'controller.kubernetes.io/pod-deletion-cost';
const EVENT: EventToApply = {
  name: 'app.uid.generation-3',
  about: { ...KIND, ...APP },
  reason: 'Rebalanced',
  message: 'generation 3: 1 → 2 members',
  type: 'Warning',
  at: '2026-11-24T10:00:00.987Z',
};

describe('apply', () => {
  let server: FakeApiServer;
  let requests: FakeRequest[];
  let status: number;

  const readBody = (): unknown => JSON.parse(requests[0]?.body ?? '');

  beforeEach(async () => {
    requests = [];
    status = 200;
    server = await startFakeApiServer((request, response) => {
      requests.push(request);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ kind: 'Status', message: 'the API server has its reasons' }));
      return true;
    });
  });
  afterEach(() => server.stop());

  const WRITES = [
    {
      what: 'a status',
      write: () => applyStatus(server.client, KIND, APP, { lag: 3 }),
      path: '/apis/groups.kafka-lab.dev/v1alpha1/namespaces/lab/consumergroups/app/status',
      sentence: /^could not write the status of consumergroups\/app: the API server has its reasons$/,
    },
    {
      what: 'a deletion cost',
      write: () => applyDeletionCost(server.client, POD, 2),
      path: '/api/v1/namespaces/lab/pods/consumer-a',
      sentence: /^could not set the deletion cost of pod consumer-a: /,
    },
    {
      what: 'an Event',
      write: () => applyEvent(server.client, EVENT),
      path: '/api/v1/namespaces/lab/events/app.uid.generation-3',
      sentence: /^could not tell event app\.uid\.generation-3: /,
    },
  ];

  it.each(WRITES)(
    'writes $what by server-side apply, as the operator, whoever had the fields',
    async ({ write, path }) => {
      await write();
      expect(requests).toHaveLength(1);
      const [request] = requests;
      expect([request?.method, request?.path]).toEqual(['PATCH', path]);
      expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
      expect(Object.fromEntries(request?.query ?? [])).toEqual({ fieldManager: 'kafka-lab-operator', force: 'true' });
    },
  );

  it.each(
    WRITES.flatMap((write) => [
      { ...write, answer: 404, code: 'no-such-target' },
      { ...write, answer: 409, code: 'conflict' },
      { ...write, answer: 422, code: 'invalid-request' },
      { ...write, answer: 503, code: 'process-failed' },
    ]),
  )('says what it could not write when the answer to $what is $answer', async ({ write, answer, code, sentence }) => {
    status = answer;
    await expect(write()).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
  });

  it('sends the status and whose it is, and nothing of its spec', async () => {
    await applyStatus(server.client, KIND, APP, { lag: 3, conditions: [] });
    expect(readBody()).toEqual({
      apiVersion: 'groups.kafka-lab.dev/v1alpha1',
      kind: 'ConsumerGroup',
      metadata: APP,
      status: { lag: 3, conditions: [] },
    });
  });

  it.each([
    { cost: 2, annotations: { [COST]: '2' } },
    { cost: 0, annotations: { [COST]: '0' } },
    { cost: undefined, annotations: {} },
  ])('sends the cost $cost as an annotation, of that very pod', async ({ cost, annotations }) => {
    await applyDeletionCost(server.client, POD, cost);
    expect(readBody()).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { ...POD, annotations } });
  });

  it('sends an Event about the object, at the time when it happened', async () => {
    await applyEvent(server.client, EVENT);
    expect(readBody()).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'lab', name: 'app.uid.generation-3' },
      involvedObject: {
        apiVersion: 'groups.kafka-lab.dev/v1alpha1',
        kind: 'ConsumerGroup',
        namespace: 'lab',
        name: 'app',
        uid: 'uid-app',
      },
      reason: 'Rebalanced',
      message: 'generation 3: 1 → 2 members',
      type: 'Warning',
      firstTimestamp: '2026-11-24T10:00:00Z',
      lastTimestamp: '2026-11-24T10:00:00Z',
      count: 1,
      source: { component: 'kafka-lab-operator' },
      reportingComponent: 'kafka-lab-operator',
      reportingInstance: 'kafka-lab-operator',
    });
  });

  it('says that the API server cannot be reached', async () => {
    const { client } = server;
    await server.stop();
    await expect(applyEvent(client, EVENT)).rejects.toMatchObject({ code: 'process-failed', retriable: true });
    server = await startFakeApiServer();
  });
});
