import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What became of one batch. */
interface BatchAnswer {
  /** The status and, when records are not stored, why: `201`, `207 queue-full`, `503 queue-full`, `no answer`. */
  readonly kind: string;
  readonly stored: number;
}

/** Posts batches over connections that stay open. */
export interface BatchClient {
  post(body: string): Promise<BatchAnswer>;
  close(): void;
}

const ANSWER_TIMEOUT_MS = 60_000;
const NO_ANSWER: BatchAnswer = { kind: 'no answer', stored: 0 };

/** @param connections how many batches may be under way at once */
export function createBatchClient(url: string, connections: number): BatchClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    async post(body) {
      const { promise, resolve, reject } = Promise.withResolvers<BatchAnswer>();
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = { agent, method: 'POST', headers, timeout: ANSWER_TIMEOUT_MS };
      const sent = request(`${url}/producer/batch`, options, (response) => {
        text(response).then((answer) => resolve(readAnswer(response.statusCode ?? 0, answer)), reject);
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', reject);
      sent.end(body);
      return promise.catch(() => NO_ANSWER);
    },
    close: () => agent.destroy(),
  };
}

/** A body of `POST /producer/batch` whose records have values of a size, in bytes. */
export function buildBatchBody(records: number, valueBytes: number): string {
  const message = { name: 'memory', description: '' };
  const description = 'x'.repeat(valueBytes - JSON.stringify(message).length);
  return JSON.stringify({ messages: Array.from({ length: records }, () => ({ ...message, description })) });
}

function readAnswer(status: number, answer: string): BatchAnswer {
  const { code, results = [] } = JSON.parse(answer) as {
    code?: string;
    results?: readonly { outcome: string; code?: string }[];
  };
  const codes = new Set([code, ...results.map((result) => result.code)].filter((one) => one !== undefined));
  return {
    kind: [String(status), ...[...codes].sort()].join(' '),
    stored: results.filter(({ outcome }) => outcome === 'stored').length,
  };
}
