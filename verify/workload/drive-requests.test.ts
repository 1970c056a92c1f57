import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { parseLoadName } from '../../lib/contracts/load-record.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { driveRequests, type RequestDriver } from './drive-requests.ts';

interface Posted {
  readonly key: string;
  readonly name: string;
}

const PARTITIONS = 3;
/** Keys lie where their number says. */
const partitionOf = (key: string): number => Number(key.slice('key-'.length)) % PARTITIONS;

describe('driveRequests', () => {
  let server: Server;
  let load: RequestDriver;
  let posted: Posted[];
  /** Keys with a request under way, and those that had two at once. */
  let underWay: string[];
  let overlapping: string[];
  let answer: (response: ServerResponse, body: Posted) => void;

  const answerStored = (response: ServerResponse, { key }: Posted): void => {
    response.writeHead(201).end(JSON.stringify({ topic: 'app', partition: partitionOf(key), offset: posted.length }));
  };
  const answerProblem = (response: ServerResponse, status: number, code: string): void => {
    response.writeHead(status).end(JSON.stringify({ status, code }));
  };
  const listen = (): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const urlOf = (): string => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const start = (url = urlOf()): void => {
    load = driveRequests({ url, runId: 'run-1', lanes: 6, ratePerSecond: 1000, partitions: PARTITIONS });
  };
  const waitAnswers = (count: number): Promise<true> =>
    waitUntil(() => (load.answers.length >= count ? true : undefined), {
      what: 'answers',
      timeoutMs: 5000,
      intervalMs: 5,
    });

  beforeEach(async () => {
    posted = [];
    underWay = [];
    overlapping = [];
    answer = answerStored;
    server = createServer((request, response) => {
      void (json(request) as Promise<Posted>).then((body) => {
        if (underWay.includes(body.key)) overlapping.push(body.key);
        underWay.push(body.key);
        response.on('finish', () => void underWay.splice(underWay.indexOf(body.key), 1));
        posted.push(body);
        answer(response, body);
      });
    });
    await listen();
  });
  afterEach(async () => {
    await load.cancel();
    server.closeAllConnections();
    server.close();
  });

  it('numbers its records without gaps and notes where they were stored', async () => {
    start();
    await waitAnswers(100);
    await load.stop();
    expect(load.operations.map(({ sequence }) => sequence)).toEqual([...load.operations.keys()]);
    expect(posted.map(({ name }) => parseLoadName(name)?.sequence).toSorted(compare)).toEqual([
      ...load.operations.keys(),
    ]);
    expect(overlapping).toEqual([]);
    expect(load.answers).toHaveLength(load.operations.length);
    expect(new Set(load.operations.map(({ outcome }) => outcome.kind))).toEqual(new Set(['ok']));
  });

  it('shares its lanes out over the partitions, each with a key of its own', async () => {
    start();
    await waitAnswers(200);
    await load.stop();
    const last = load.operations.slice(-60);
    const lanesOf = [0, 1, 2].map(
      (partition) => new Set(last.filter(({ key }) => partitionOf(key) === partition).map(({ key }) => key)).size,
    );
    expect(lanesOf).toEqual([2, 2, 2]);
  });

  it('goes on with the others while one partition does not answer', async () => {
    const held: (() => void)[] = [];
    start();
    await waitAnswers(200);
    answer = (response, body) => {
      if (partitionOf(body.key) === 1) held.push(() => answerStored(response, body));
      else answerStored(response, body);
    };
    await waitAnswers(load.answers.length + 200);
    expect(held).toHaveLength(2);
    for (const release of held) release();
    answer = answerStored;
    await load.stop();
  });

  it('takes 503 for a refusal and keeps the key, 504 for an unknown fate and never uses the key again', async () => {
    let refused: string | undefined;
    let unknown: string | undefined;
    answer = (response, body) => {
      if (posted.length === 50) {
        refused = body.key;
        answerProblem(response, 503, 'kafka-unavailable');
      } else if (posted.length === 51) {
        unknown = body.key;
        answerProblem(response, 504, 'outcome-unknown');
      } else {
        answerStored(response, body);
      }
    };
    start();
    await waitAnswers(200);
    await load.stop();
    const ofKey = (key: string | undefined) => load.operations.filter((operation) => operation.key === key);
    expect(ofKey(unknown).at(-1)?.outcome).toEqual({ kind: 'unknown', code: 'outcome-unknown' });
    const afterRefusal = ofKey(refused).map(({ outcome }) => outcome.kind);
    expect(afterRefusal).toContain('fail');
    expect(afterRefusal.at(-1)).toBe('ok');
  });

  it('takes a connection that nobody answers for a refusal, and one that breaks for an unknown fate', async () => {
    const url = urlOf();
    server.close();
    start(url);
    await waitAnswers(6);
    await load.stop();
    expect(load.answers[0]?.operation.outcome).toEqual({ kind: 'fail', code: 'no-producer' });
    await listen();
    answer = (response) => void response.destroy();
    start();
    await waitAnswers(6);
    await load.stop();
    expect(load.answers[0]?.operation.outcome).toEqual({ kind: 'unknown', code: 'no-answer' });
  });

  it('stays below its rate', async () => {
    load = driveRequests({ url: urlOf(), runId: 'run-1', lanes: 6, ratePerSecond: 50, partitions: PARTITIONS });
    const startedAt = Date.now();
    await waitAnswers(20);
    expect(Date.now() - startedAt).toBeGreaterThan(300);
  });

  it('is cancelled without waiting for answers', async () => {
    answer = () => undefined;
    start();
    await waitUntil(() => (posted.length === 6 ? true : undefined), { what: 'requests', timeoutMs: 5000 });
    await load.cancel();
    expect(new Set(load.operations.map(({ outcome }) => outcome.kind))).toEqual(new Set(['unknown']));
  });
});

function compare(a: number | undefined, b: number | undefined): number {
  return (a ?? -1) - (b ?? -1);
}
