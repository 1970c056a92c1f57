import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation, Outcome } from '../checks/history.ts';
import type { LoadDriver } from './drive-load.ts';
import { buildMessage, createOperationLog, readBreak, readProblem } from './operation-log.ts';

/** What is sent, and by how many requests at once. */
export interface RequestLoadOptions {
  /** Base URL of the producers. */
  readonly url: string;
  readonly runId: string;
  /** Requests that may be under way at once. */
  readonly lanes: number;
  /** Requests of all lanes together, at most. */
  readonly ratePerSecond: number;
  /** Partitions of the topic, over which the lanes are shared out evenly. */
  readonly partitions: number;
}

/** An operation whose outcome is known, and when it was, in milliseconds since the epoch. */
export interface Answer {
  readonly at: number;
  readonly operation: Operation;
}

/** A running load of single requests. */
export interface RequestDriver extends LoadDriver {
  /** The answers so far, in the order in which they came. */
  readonly answers: readonly Answer[];
  /** Ends the load at once: what is under way breaks, and its outcome is unknown. */
  cancel(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 40_000;

/**
 * Posts numbered, keyed records one by one, over connections that stay open: each lane sends its next request when
 * the last one is answered. A lane has one key at a time, of a partition of its own share: so records of a key are
 * sent in order, and a partition that does not answer holds up its own lanes and no others. A key whose record has
 * an unknown fate is not used again, because that record may still be stored, behind later ones.
 */
export function driveRequests(options: RequestLoadOptions): RequestDriver {
  const { url, runId, lanes, ratePerSecond, partitions } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: lanes });
  const log = createOperationLog();
  const answers: Answer[] = [];
  const takeTurn = createPacer(ratePerSecond);
  let isStopped = false;
  let keys = 0;
  const takeKey = (): string => `key-${String(keys++)}`;

  const runLane = async (lane: number): Promise<void> => {
    let key = takeKey();
    for (;;) {
      await takeTurn();
      if (isStopped) return;
      const [operation] = log.invoke([key]);
      if (operation === undefined) return;
      const outcome = await post(agent, `${url}/producer`, JSON.stringify(buildMessage(runId, operation)));
      log.answer([operation], () => outcome);
      answers.push({ at: Date.now(), operation });
      // Only an answer tells which partition a key has; after a few keys each lane has one of its own partition.
      const isElsewhere = outcome.kind === 'ok' && outcome.partition !== lane % partitions;
      if (outcome.kind === 'unknown' || isElsewhere) key = takeKey();
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
  const end = async (): Promise<void> => {
    isStopped = true;
    await running;
    agent.destroy();
  };
  return {
    operations: log.operations,
    answers,
    stop: end,
    cancel() {
      agent.destroy();
      return end();
    },
  };
}

/** Resolves so often a second at most; what was missed is not made up for. */
function createPacer(ratePerSecond: number): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    const now = performance.now();
    turn = Math.max(now, turn + 1000 / ratePerSecond);
    if (turn > now) await delay(turn - now);
  };
}

async function post(agent: Agent, url: string, body: string): Promise<Outcome> {
  try {
    const { status, answer } = await exchange(agent, url, body);
    const { partition, offset, code } = JSON.parse(answer) as { partition?: number; offset?: number; code?: string };
    if (status !== 201 || partition === undefined || offset === undefined) return readProblem(code);
    return { kind: 'ok', partition, offset };
  } catch (error) {
    return readBreak(error);
  }
}

function exchange(agent: Agent, url: string, body: string): Promise<{ status: number | undefined; answer: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; answer: string }>();
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = request(url, { agent, method: 'POST', headers, timeout: ANSWER_TIMEOUT_MS }, (response) => {
    text(response).then((answer) => resolve({ status: response.statusCode, answer }), reject);
  });
  sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
