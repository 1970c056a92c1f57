import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  copyConnection,
  type BrokerInternals,
  type ClusterInternals,
  type ConnectionInternals,
  type ProtocolRequest,
} from '../kafkajs/internals.ts';
import { createGroupProtocol } from './group-protocol.ts';

interface Sent {
  readonly apiKey: number;
  readonly fields: Record<string, unknown>;
}

const [COMMIT, JOIN, HEARTBEAT, LEAVE, SYNC] = [8, 11, 12, 13, 14] as const;
const requiredId = (memberId: string): Error =>
  Object.assign(new Error('an id is required'), { name: 'KafkaJSMemberIdRequired', memberId });

const silent = () => undefined;
const logger = { namespace: () => ({ debug: silent, error: silent }) };
const ordinary = { host: 'h', port: 1, logger, requestQueue: {} } as unknown as ConnectionInternals;
/** What every connection is made of: none of them is to reach anybody. */
const connections = Object.getPrototypeOf(copyConnection(ordinary)) as ConnectionInternals;
afterEach(() => void jest.restoreAllMocks());

/** A coordinator that answers as told, and keeps what it was sent. */
function create({ instanceId = null as string | null } = {}) {
  const sent: Sent[] = [];
  /** By number of the request; a failure is thrown. */
  const answers = new Map<number, unknown[]>();
  const committed = new Map<number, string>();
  const asked: unknown[] = [];
  const answer = ({ request }: { readonly request: unknown }): Promise<unknown> => {
    const { apiKey } = request as Sent;
    sent.push(request as Sent);
    const [next] = answers.get(apiKey)?.splice(0, 1) ?? [];
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  jest.spyOn(connections, 'connect').mockResolvedValue(undefined);
  jest.spyOn(connections, 'disconnect').mockResolvedValue(true);
  jest.spyOn(connections, 'send').mockImplementation((request) => answer(request as { request: unknown }));
  const broker = {
    nodeId: 3,
    connectionPool: { pool: [ordinary], send: answer },
    lookupRequest: (apiKey: number) => (fields: unknown) =>
      ({ request: { apiKey, fields }, response: {} }) as unknown as ProtocolRequest<unknown>,
    offsetFetch: (request: { topics: { topic: string; partitions: { partition: number }[] }[] }) => {
      asked.push(request);
      const responses = request.topics.map(({ topic, partitions }) => ({
        topic,
        partitions: partitions.map(({ partition }) => ({ partition, offset: committed.get(partition) ?? '-1' })),
      }));
      return Promise.resolve({ responses });
    },
    describeGroups: ({ groupIds }: { groupIds: string[] }) =>
      Promise.resolve({ groups: groupIds.map((groupId) => ({ groupId, protocol: 'p', members: [] })) }),
  } as unknown as BrokerInternals;
  const starts = new Map<number, string>();
  const cluster = {
    findGroupCoordinator: () => Promise.resolve(broker),
    fetchTopicsOffset: ([asked]: { topic: string; partitions: { partition: number }[]; fromBeginning: boolean }[]) =>
      Promise.resolve([
        {
          topic: asked?.topic,
          partitions: asked?.partitions.map(({ partition }) => ({ partition, offset: starts.get(partition) })),
        },
      ]),
  } as unknown as ClusterInternals;
  const protocol = createGroupProtocol(cluster, { groupId: 'group', topic: 'app', instanceId });
  return { protocol, sent, answers, committed, starts, asked };
}

const fields = { sessionTimeout: 10_000, rebalanceTimeout: 60_000, groupProtocols: [] };
const waiting = () => ({ signal: new AbortController().signal, onSign: () => undefined });
const joined = (memberId: string) => ({ memberId, generationId: 4, groupProtocol: 'p', leaderId: 'l', members: [] });

describe('createGroupProtocol', () => {
  it('joins in two steps where the coordinator gives the id first, and tells it before the second', async () => {
    const { protocol, sent, answers } = create();
    answers.set(JOIN, [requiredId('me-1'), joined('me-1')]);
    const told: (readonly [string, number])[] = [];
    const answer = await protocol.join('', fields, waiting(), (id) => told.push([id, sent.length]));
    expect(answer).toEqual(joined('me-1'));
    expect(told).toEqual([['me-1', 1]]);
    const common = { groupId: 'group', protocolType: 'consumer', groupInstanceId: null, ...fields };
    expect(sent).toEqual([
      { apiKey: JOIN, fields: { ...common, memberId: '' } },
      { apiKey: JOIN, fields: { ...common, memberId: 'me-1' } },
    ]);
  });

  it('joins in one step where it is known', async () => {
    const { protocol, sent, answers } = create();
    answers.set(JOIN, [joined('me-1')]);
    const told: string[] = [];
    expect(await protocol.join('me-1', fields, waiting(), (id) => told.push(id))).toEqual(joined('me-1'));
    expect([sent.map((each) => each.fields['memberId']), told]).toEqual([['me-1'], []]);
  });

  it('passes on any other refusal of a join, and that of the second step', async () => {
    const { protocol, sent, answers } = create();
    const told: string[] = [];
    answers.set(JOIN, [new Error('full'), requiredId('me-2'), new Error('fenced')]);
    await expect(protocol.join('me-1', fields, waiting(), (id) => told.push(id))).rejects.toThrow('full');
    expect([sent.length, told]).toEqual([1, []]);
    await expect(protocol.join('', fields, waiting(), (id) => told.push(id))).rejects.toThrow('fenced');
    expect(told).toEqual(['me-2']);
  });

  it('has no more said in the name of a join that nobody waits for', async () => {
    const { protocol, sent } = create();
    const signal = AbortSignal.abort(new Error('it is about to end'));
    await expect(protocol.join('', fields, { ...waiting(), signal }, silent)).rejects.toThrow('it is about to end');
    expect(sent).toEqual([]);
  });

  it('gives what the leader assigned', async () => {
    const { protocol, sent, answers } = create();
    answers.set(SYNC, [{ memberAssignment: Buffer.from('mine') }]);
    const decision = [{ memberId: 'other', memberAssignment: Buffer.from('theirs') }];
    const bytes = await protocol.sync({ memberId: 'me', generation: 4 }, decision, waiting());
    expect(bytes.toString()).toBe('mine');
    expect(sent).toMatchObject([{ fields: { memberId: 'me', generationId: 4, groupAssignment: decision } }]);
  });

  it.each([
    { title: 'a dynamic member', instanceId: null },
    { title: 'a static member', instanceId: 'consumer-1' },
  ])('beats, leaves and joins as $title', async ({ instanceId }) => {
    const { protocol, sent, answers } = create({ instanceId });
    answers.set(JOIN, [joined('me')]);
    await protocol.join('me', fields, waiting(), silent);
    await protocol.heartbeat({ memberId: 'me', generation: 4 });
    await protocol.leave('me');
    const member = { groupId: 'group', memberId: 'me', groupInstanceId: instanceId };
    expect(sent).toMatchObject([
      { apiKey: JOIN, fields: member },
      { apiKey: HEARTBEAT, fields: { ...member, groupGenerationId: 4 } },
      { apiKey: LEAVE, fields: { ...member, members: [member] } },
    ]);
  });

  it('commits the offsets of the topic in a generation', async () => {
    const { protocol, sent } = create();
    await protocol.commit(
      { memberId: 'me', generation: 4 },
      new Map([
        [0, 11],
        [2, 5_000_000_000],
      ]),
    );
    const partitions = [
      { partition: 0, offset: '11' },
      { partition: 2, offset: '5000000000' },
    ];
    expect(sent).toMatchObject([
      {
        apiKey: COMMIT,
        fields: { groupId: 'group', memberId: 'me', groupGenerationId: 4, topics: [{ topic: 'app', partitions }] },
      },
    ]);
  });

  it('goes on where it was committed, and else where the log begins', async () => {
    const { protocol, committed, starts, asked } = create();
    committed.set(0, '12').set(1, '0');
    starts.set(0, '7').set(1, '7').set(2, '7');
    expect(await protocol.readPositions([0, 1, 2])).toEqual(
      new Map([
        [0, 12],
        [1, 0],
        [2, 7],
      ]),
    );
    const partitions = [{ partition: 0 }, { partition: 1 }, { partition: 2 }];
    expect(asked).toEqual([{ groupId: 'group', topics: [{ topic: 'app', partitions }] }]);
  });

  it('describes its group, and names its coordinator once it has asked it', async () => {
    const { protocol } = create();
    expect(protocol.coordinator).toBeNull();
    expect(await protocol.describe()).toEqual({ groupId: 'group', protocol: 'p', members: [] });
    expect(protocol.coordinator).toBe(3);
  });
});
