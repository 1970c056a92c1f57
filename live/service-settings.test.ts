import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSilentLogger } from '../lib/log/create-logger.ts';
import { waitUntil } from '../platforms/wait-until.ts';
import { startServiceSettings, type ServiceSettings } from './service-settings.ts';

jest.setTimeout(30_000);

interface RunningLoad {
  readonly id: string;
  readonly ratePerSecond: number;
  readonly durationSeconds?: number;
}

/** A replica with the routes of producers and consumers that are told something. */
class FakeReplica {
  readonly url: string;
  /** The load that runs. */
  load: RunningLoad | undefined;
  delayMs: number | undefined;
  /** What was asked, as `PUT /load`, in order. */
  readonly asked: string[] = [];
  /** Answers these requests with 503. */
  readonly refused = new Set<string>();
  /** Requests that are not answered before this is over. */
  held: { readonly request: string; readonly until: Promise<unknown> } | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  }

  static async start(): Promise<FakeReplica> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const replica = new FakeReplica(server);
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void replica.#answer(request, response),
    );
    return replica;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  count(request: string): number {
    return this.asked.filter((asked) => asked === request).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const what = `${request.method ?? ''} ${request.url ?? ''}`;
    const body = await text(request);
    this.asked.push(what);
    if (this.held?.request === what) await this.held.until;
    const [status, answer] = this.refused.has(what) ? [503, { code: 'shutting-down' }] : this.#perform(what, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #perform(what: string, body: string): [number, object] {
    switch (what) {
      case 'GET /load':
        return this.load ? [200, { state: 'running', ...this.load }] : [404, { code: 'not-found' }];
      case 'POST /load':
        if (this.load) return [409, { code: 'conflict' }];
        this.load = JSON.parse(body) as RunningLoad;
        return [201, this.load];
      case 'DELETE /load':
        if (!this.load) return [404, { code: 'not-found' }];
        this.load = undefined;
        return [200, { state: 'ended' }];
      case 'PUT /processing-delay':
        this.delayMs = (JSON.parse(body) as { delayMs: number }).delayMs;
        return [200, { delayMs: this.delayMs }];
      default:
        return [404, {}];
    }
  }
}

describe('startServiceSettings', () => {
  let settings: ServiceSettings;
  let replicas: FakeReplica[];
  let ready: { producer: readonly FakeReplica[]; consumer: readonly FakeReplica[] };
  /** Told of each round, which asks who is ready. */
  let rounds: number;

  const start = (roundMs = 10): void => {
    settings = startServiceSettings({
      listReady: (workload) => {
        if (workload === 'producer') rounds += 1;
        return ready[workload].map(({ url }) => url);
      },
      logger: createSilentLogger(),
      roundMs,
    });
  };
  const startReplicas = async (count: number): Promise<FakeReplica[]> => {
    const started = await Promise.all(Array.from({ length: count }, () => FakeReplica.start()));
    replicas.push(...started);
    return started;
  };
  const readRates = (): (number | undefined)[] => ready.producer.map(({ load }) => load?.ratePerSecond);
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 20_000, intervalMs: 5 });
  /** Whatever would happen by itself has happened by then. */
  const waitRounds = async (): Promise<void> => {
    const from = rounds;
    await waitFor('some rounds', () => rounds > from + 3);
  };

  beforeEach(() => {
    replicas = [];
    rounds = 0;
    ready = { producer: [], consumer: [] };
  });
  afterEach(async () => {
    await settings.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
  });

  describe('sharing a load', () => {
    it.each([
      { rate: 100, producers: 3, shares: [34, 33, 33] },
      { rate: 2, producers: 3, shares: [1, 1, undefined] },
      { rate: 20_000, producers: 1, shares: [20_000] },
    ])('gives $producers producers $shares of $rate records a second', async ({ rate, producers, shares }) => {
      ready = { ...ready, producer: await startReplicas(producers) };
      start();
      await settings.setRate(rate);
      expect(readRates()).toEqual(shares);
      expect(settings.ratePerSecond).toBe(rate);
    });

    it('begins nothing, and asks nobody, before it is told', async () => {
      ready = { producer: await startReplicas(1), consumer: await startReplicas(1) };
      start();
      await waitRounds();
      expect(replicas.flatMap(({ asked }) => asked)).toEqual([]);
      expect(settings).toMatchObject({ ratePerSecond: 0, processingDelayMs: undefined });
    });

    it('leaves a load alone that is as it should be', async () => {
      ready = { ...ready, producer: await startReplicas(2) };
      start();
      await settings.setRate(10);
      await waitRounds();
      await settings.setRate(10);
      expect(replicas.map((replica) => replica.count('POST /load'))).toEqual([1, 1]);
      expect(replicas.map((replica) => replica.count('DELETE /load'))).toEqual([0, 0]);
    });

    it('changes the rate of a load that runs', async () => {
      ready = { ...ready, producer: await startReplicas(2) };
      start();
      await settings.setRate(10);
      await settings.setRate(30);
      expect(readRates()).toEqual([15, 15]);
    });

    it('shares anew when a producer comes, and when one goes', async () => {
      const [first, second] = (await startReplicas(2)) as [FakeReplica, FakeReplica];
      ready = { ...ready, producer: [first] };
      start();
      await settings.setRate(101);
      ready = { ...ready, producer: [first, second] };
      await waitFor('both to share', () => first.load?.ratePerSecond === 51 && second.load?.ratePerSecond === 50);
      ready = { ...ready, producer: [second] };
      await expect(waitFor('the one that stays to have all', () => second.load?.ratePerSecond === 101)).resolves.toBe(
        true,
      );
    });

    it('begins again what has ended by itself', async () => {
      ready = { ...ready, producer: await startReplicas(1) };
      start();
      await settings.setRate(5);
      const [replica] = replicas;
      if (replica !== undefined) replica.load = undefined;
      await expect(waitFor('the load to run again', () => replica?.load !== undefined)).resolves.toBe(true);
    });

    it('ends with 0, and asks nobody any more', async () => {
      ready = { ...ready, producer: await startReplicas(2) };
      start();
      await settings.setRate(10);
      await settings.setRate(0);
      expect(readRates()).toEqual([undefined, undefined]);
      await waitRounds();
      const asked = replicas.flatMap((replica) => replica.asked).length;
      await waitRounds();
      expect(replicas.flatMap((replica) => replica.asked)).toHaveLength(asked);
    });

    it.each(['benchmark', 'pages', 'page'])("leaves somebody else's load alone, such as %s", async (id) => {
      const [theirs, ours] = (await startReplicas(2)) as [FakeReplica, FakeReplica];
      theirs.load = { id, ratePerSecond: 7 };
      ready = { ...ready, producer: [theirs, ours] };
      start();
      await settings.setRate(100);
      await waitRounds();
      expect(theirs.load).toEqual({ id, ratePerSecond: 7 });
      expect(ours.load?.ratePerSecond).toBe(50);
      await settings.setRate(0);
      await waitRounds();
      expect(theirs.load).toEqual({ id, ratePerSecond: 7 });
      expect(ours.load).toBeUndefined();
      expect(theirs.count('DELETE /load')).toBe(0);
    });

    it('ends what an earlier page has begun', async () => {
      const [replica] = (await startReplicas(1)) as [FakeReplica];
      ready = { ...ready, producer: [replica] };
      start();
      await settings.setRate(3);
      await settings.stop();
      expect(replica.load).toBeDefined();
      start();
      await settings.setRate(0);
      expect(replica.load).toBeUndefined();
    });

    it.each(['GET /load', 'POST /load'])('tries again when a producer refuses %s', async (request) => {
      const [replica, other] = (await startReplicas(2)) as [FakeReplica, FakeReplica];
      ready = { ...ready, producer: [replica, other] };
      replica.refused.add(request);
      start();
      await settings.setRate(10);
      expect(readRates()).toEqual([undefined, 5]);
      replica.refused.clear();
      await expect(waitFor('the load', () => replica.load?.ratePerSecond === 5)).resolves.toBe(true);
    });

    it.each(['GET /load', 'DELETE /load'])(
      'does not give up ending a load when a producer refuses %s',
      async (request) => {
        const [replica] = (await startReplicas(1)) as [FakeReplica];
        ready = { ...ready, producer: [replica] };
        start();
        await settings.setRate(10);
        replica.refused.add(request);
        await settings.setRate(0);
        await waitRounds();
        expect(replica.load).toBeDefined();
        replica.refused.clear();
        await expect(waitFor('the end of the load', () => replica.load === undefined)).resolves.toBe(true);
      },
    );

    it('ends the load of a producer that was not ready when it was told to', async () => {
      const [replica, other] = (await startReplicas(2)) as [FakeReplica, FakeReplica];
      ready = { ...ready, producer: [replica, other] };
      start();
      await settings.setRate(10);
      ready = { ...ready, producer: [other] };
      await settings.setRate(0);
      await waitRounds();
      expect(replica.load).toBeDefined();
      ready = { ...ready, producer: [replica, other] };
      await expect(waitFor('the end of the load', () => replica.load === undefined)).resolves.toBe(true);
    });

    it('is not undone by a round that began before', async () => {
      const [replica] = (await startReplicas(1)) as [FakeReplica];
      ready = { ...ready, producer: [replica] };
      start();
      const slow = Promise.withResolvers<undefined>();
      replica.held = { request: 'GET /load', until: slow.promise };
      const begun = settings.setRate(10);
      await waitFor('the question', () => replica.count('GET /load') === 1);
      const ended = settings.setRate(0);
      replica.held = undefined;
      // Time enough to overtake the first.
      await new Promise((resolve) => setTimeout(resolve, 50));
      slow.resolve(undefined);
      await Promise.all([begun, ended]);
      await waitRounds();
      expect(replica.load).toBeUndefined();
    });
  });

  describe('setting a delay', () => {
    it('tells every consumer once, and those that come later', async () => {
      const [first, second] = (await startReplicas(2)) as [FakeReplica, FakeReplica];
      ready = { ...ready, consumer: [first] };
      start();
      await settings.setProcessingDelay(250);
      expect(first.delayMs).toBe(250);
      expect(settings.processingDelayMs).toBe(250);
      ready = { ...ready, consumer: [first, second] };
      await waitFor('the newcomer to be told', () => second.delayMs === 250);
      await waitRounds();
      expect(replicas.map((replica) => replica.count('PUT /processing-delay'))).toEqual([1, 1]);
    });

    it('tells a new value, also 0', async () => {
      ready = { ...ready, consumer: await startReplicas(1) };
      start();
      await settings.setProcessingDelay(250);
      await settings.setProcessingDelay(0);
      expect(replicas[0]?.delayMs).toBe(0);
    });

    it('tells again a consumer that was not ready meanwhile: it may be another process', async () => {
      const [replica] = (await startReplicas(1)) as [FakeReplica];
      ready = { ...ready, consumer: [replica] };
      start();
      await settings.setProcessingDelay(250);
      ready = { ...ready, consumer: [] };
      replica.delayMs = 5;
      await waitRounds();
      ready = { ...ready, consumer: [replica] };
      await expect(waitFor('the consumer to be told again', () => replica.delayMs === 250)).resolves.toBe(true);
    });

    it('tries again when a consumer refuses, or is not there', async () => {
      const [refusing, dead, well] = (await startReplicas(3)) as [FakeReplica, FakeReplica, FakeReplica];
      await dead.stop();
      refusing.refused.add('PUT /processing-delay');
      ready = { ...ready, consumer: [refusing, dead, well] };
      start();
      await settings.setProcessingDelay(250);
      expect(well.delayMs).toBe(250);
      expect(refusing.delayMs).toBeUndefined();
      refusing.refused.clear();
      await waitFor('the other to be told', () => refusing.delayMs === 250);
    });
  });

  it('ends at once, also while a replica does not answer', async () => {
    const [silent] = (await startReplicas(1)) as [FakeReplica];
    const never = Promise.withResolvers<undefined>();
    silent.held = { request: 'GET /load', until: never.promise };
    ready = { ...ready, producer: [silent] };
    // Nobody waits for the next round either.
    start(3_600_000);
    const telling = settings.setRate(10);
    await waitFor('the question', () => silent.asked.length === 1);
    const startedAt = performance.now();
    await Promise.all([settings.stop(), telling]);
    // A replica has three seconds to answer.
    expect(performance.now() - startedAt).toBeLessThan(2500);
    expect(silent.load).toBeUndefined();
    never.resolve(undefined);
  });
});
