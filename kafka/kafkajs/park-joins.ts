/**
 * Joining and syncing as the protocol has them: the coordinator holds both back until every member has come, which
 * takes as long as the longest rebalance timeout of any of them, five minutes in Java's default. kafkajs gives them up
 * after its own, closes the connection, and joins again under another id, which leaves a member behind that nobody is.
 * Written for the insides of kafkajs 2.2.4, which repairs.ts checks.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import Broker from 'kafkajs/src/broker/index.js';
import protocol from 'kafkajs/src/protocol/requests/index.js';
import {
  copyConnection,
  JOIN_GROUP_API_KEY,
  SYNC_GROUP_API_KEY,
  type BrokerInternals,
  type ProtocolRequest,
} from './internals.ts';

/** How a member waits for the coordinator. */
export interface Parking {
  /** Aborted when the answer is not wanted any more; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Rejects when the broker will not answer; until then its silence is patience. */
  watch(coordinator: BrokerInternals, signal: AbortSignal): Promise<never>;
  /** Called with the id that the coordinator gave: every later try is made under it (KIP-394). */
  onMemberId(memberId: string): void;
}

/** As long as any rebalance timeout that a member of ours may have; the watch notices what is wrong long before. */
const PARKED_MS = 1_800_000;

const parkings = new AsyncLocalStorage<Parking>();

/** Runs `join`, whose requests to the coordinator wait as told. */
export function withParking<T>(parking: Parking, join: () => Promise<T>): Promise<T> {
  return parkings.run(parking, join);
}

/** Makes joins and syncs wait on a connection of their own, so that nothing else waits behind them. */
export function parkJoins(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with their own `this`
  const { joinGroup, syncGroup } = Broker.prototype;
  Broker.prototype.joinGroup = async function (request) {
    const parking = parkings.getStore();
    if (parking === undefined) return joinGroup.call(this, request);
    const build = this.lookupRequest(JOIN_GROUP_API_KEY, protocol.requests.JoinGroup);
    const join = (memberId: string): ReturnType<typeof joinGroup> =>
      park(this, build({ protocolType: 'consumer', ...request, memberId }), parking) as ReturnType<typeof joinGroup>;
    try {
      return await join(request.memberId);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'KafkaJSMemberIdRequired' || !('memberId' in error)) throw error;
      const memberId = String(error.memberId);
      parking.onMemberId(memberId);
      return join(memberId);
    }
  };
  Broker.prototype.syncGroup = function (request) {
    const parking = parkings.getStore();
    if (parking === undefined) return syncGroup.call(this, request);
    const sync = this.lookupRequest(SYNC_GROUP_API_KEY, protocol.requests.SyncGroup);
    return park(this, sync(request), parking) as ReturnType<typeof syncGroup>;
  };
}

async function park<T>(
  broker: BrokerInternals,
  { request, response }: ProtocolRequest<T>,
  parking: Parking,
): Promise<T> {
  const [ordinary] = broker.connectionPool.pool;
  if (ordinary === undefined) throw new Error('the broker has no connection');
  parking.signal.throwIfAborted();
  const connection = copyConnection(ordinary);
  const ending = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(parking.signal.reason as Error);
    parking.signal.addEventListener('abort', giveUp, { once: true, signal: ending.signal });
  });
  const answer = connection.connect().then(() => connection.send({ request, response, requestTimeout: PARKED_MS }));
  try {
    return (await Promise.race([answer, parking.watch(broker, ending.signal), givenUp])) as T;
  } finally {
    ending.abort();
    answer.catch(() => undefined);
    // Closing waits for what is under way.
    connection.rejectRequests(new Error('nobody waits for the answer any more'));
    connection.disconnect().catch(() => undefined);
  }
}
