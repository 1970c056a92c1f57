import { describe, expect, it, jest } from '@jest/globals';
import { typeOf } from '../kafka-error.ts';
import type { BrokerInternals, ClusterInternals } from '../kafkajs/internals.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { protocolError } from './testing/fake-group.ts';
import { letOthersRun, until } from './testing/until.ts';

jest.setTimeout(30_000);

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const closed = () =>
  Object.assign(new Error('closed'), { name: 'KafkaJSConnectionClosedError', host: 'kafka-1', port: 9092 });

/** A cluster whose brokers say, in turn, who coordinates the group. */
function create(...nodeIds: readonly number[]) {
  const remaining = [...nodeIds];
  const removed: object[] = [];
  const seen = { searches: 0, looks: 0 };
  /** What brokers answer to whoever watches. */
  const said = {
    byCoordinator: () => Promise.resolve(),
    byOthers: (): Promise<number | undefined> => Promise.resolve(nodeIds[0]),
  };
  const cluster = {
    findGroupCoordinator(): Promise<BrokerInternals> {
      seen.searches += 1;
      const nodeId = remaining.shift();
      if (nodeId === undefined) return Promise.reject(protocolError('GROUP_COORDINATOR_NOT_AVAILABLE'));
      const findGroupCoordinator = async () => {
        seen.looks += 1;
        await said.byCoordinator();
      };
      return Promise.resolve({ nodeId, findGroupCoordinator } as unknown as BrokerInternals);
    },
    async findGroupCoordinatorMetadata() {
      const nodeId = await said.byOthers();
      return nodeId === undefined ? null : { coordinator: { nodeId } };
    },
    removeBroker: (address: object) => void removed.push(address),
  } as unknown as ClusterInternals;
  return { coordinator: new GroupCoordinator(cluster, 'app'), said, seen, removed };
}

const whoami = ({ nodeId }: BrokerInternals): Promise<number> => Promise.resolve(nodeId);

describe('GroupCoordinator', () => {
  it('is looked for once, and asked from then on', async () => {
    const { coordinator, seen } = create(1, 2);
    expect(coordinator.nodeId).toBeNull();
    expect(await Promise.all([coordinator.ask(whoami), coordinator.ask(whoami)])).toEqual([1, 1]);
    expect(await coordinator.ask(whoami)).toBe(1);
    expect([coordinator.nodeId, seen.searches]).toEqual([1, 1]);
  });

  it.each([
    { title: 'it moved', error: protocolError('NOT_COORDINATOR_FOR_GROUP') },
    { title: 'it is not available', error: protocolError('GROUP_COORDINATOR_NOT_AVAILABLE') },
    { title: 'its connection broke', error: closed() },
    { title: 'it does not answer', error: Object.assign(new Error('x'), { name: 'KafkaJSRequestTimeoutError' }) },
  ])('is found again when $title, by the next question', async ({ error }) => {
    const { coordinator } = create(1, 2);
    await expect(coordinator.ask(() => Promise.reject(error))).rejects.toBe(error);
    expect(await coordinator.ask(whoami)).toBe(2);
    expect(coordinator.nodeId).toBe(2);
  });

  it('stays the same after an error that is not about where it is', async () => {
    const { coordinator, removed } = create(1, 2);
    await expect(coordinator.ask(() => Promise.reject(protocolError('REBALANCE_IN_PROGRESS')))).rejects.toThrow();
    expect([await coordinator.ask(whoami), removed]).toEqual([1, []]);
  });

  it('has a broker dropped whose connection broke, so that it is connected to again', async () => {
    const { coordinator, removed } = create(1);
    await expect(coordinator.ask(() => Promise.reject(closed()))).rejects.toThrow('closed');
    expect(removed).toEqual([{ host: 'kafka-1', port: 9092 }]);
  });

  it('is looked for again after it could not be found', async () => {
    const { coordinator, seen } = create();
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(coordinator.ask(whoami)).rejects.toThrow('GROUP_COORDINATOR_NOT_AVAILABLE');
    }
    expect([seen.searches, coordinator.nodeId]).toEqual([2, null]);
  });
});

describe('GroupCoordinator, while it holds an answer back', () => {
  const waiting = () => ({ signal: new AbortController().signal, onSign: () => undefined });

  it('gives the answer when it comes, and is not watched any longer', async () => {
    const { coordinator, seen } = create(1);
    let asked: AbortSignal | undefined;
    const answer = coordinator.wait((broker, signal) => {
      asked = signal;
      return whoami(broker);
    }, waiting());
    expect(await answer).toBe(1);
    expect([asked?.aborted, seen.looks]).toEqual([true, 0]);
  });

  it('is watched: each look at which it is there is a sign', async () => {
    const { coordinator, seen } = create(1);
    const answer = Promise.withResolvers<string>();
    let signs = 0;
    const waited = coordinator.wait(() => answer.promise, { ...waiting(), onSign: () => (signs += 1) });
    await until(() => signs === 1);
    expect(seen.looks).toBe(1);
    answer.resolve('joined');
    expect(await waited).toBe('joined');
    expect(signs).toBe(1);
  });

  it('is given up when its connection breaks', async () => {
    const { coordinator, said, removed } = create(1, 2);
    said.byCoordinator = () => Promise.reject(closed());
    let signs = 0;
    await expect(coordinator.wait(never, { ...waiting(), onSign: () => (signs += 1) })).rejects.toThrow('closed');
    expect([signs, removed.length, await coordinator.ask(whoami)]).toEqual([0, 1, 2]);
  });

  it('is given up when the other brokers take another one for the coordinator, and that one is asked', async () => {
    const { coordinator, said } = create(1, 2);
    said.byOthers = () => Promise.resolve(2);
    const error: unknown = await coordinator.wait(never, waiting()).catch((caught: unknown) => caught);
    expect([typeOf(error), await coordinator.ask(whoami)]).toEqual(['NOT_COORDINATOR_FOR_GROUP', 2]);
  });

  it.each([
    {
      title: 'it does not know the coordinator itself',
      byCoordinator: protocolError('GROUP_COORDINATOR_NOT_AVAILABLE'),
    },
    { title: 'no other broker answers', byOthers: new Error('no answer') },
    { title: 'no other broker knows one', byOthers: undefined },
  ])('is waited for though $title', async ({ byCoordinator, byOthers }) => {
    const { coordinator, said } = create(1);
    if (byCoordinator !== undefined) said.byCoordinator = () => Promise.reject(byCoordinator);
    else said.byOthers = () => (byOthers === undefined ? Promise.resolve(undefined) : Promise.reject(byOthers));
    const answer = Promise.withResolvers<string>();
    let signs = 0;
    const waited = coordinator.wait(() => answer.promise, { ...waiting(), onSign: () => (signs += 1) });
    await until(() => signs === 1);
    await letOthersRun();
    answer.resolve('joined');
    expect(await waited).toBe('joined');
  });

  it('is not waited for when nobody wants the answer any more', async () => {
    const { coordinator, seen } = create(1);
    const givingUp = new AbortController();
    const waited = coordinator.wait(
      (_, signal) => {
        const { promise, reject } = Promise.withResolvers<never>();
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        return promise;
      },
      { ...waiting(), signal: givingUp.signal },
    );
    const ended = waited.catch((error: unknown) => error);
    await letOthersRun();
    givingUp.abort(new Error('it is about to end'));
    expect(await ended).toEqual(new Error('it is about to end'));
    expect(seen.looks).toBe(0);
  });
});
