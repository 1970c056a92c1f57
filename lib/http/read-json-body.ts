import type { IncomingMessage } from 'node:http';
import { showForeignText } from '../contracts/foreign-text.ts';
import { NotJsonError, parseJsonBytes } from '../contracts/parse-json-bytes.ts';
import { AppError, messageOf } from '../errors/app-error.ts';
import { buildFullError, type MemoryLease } from './memory-budget.ts';

/** Largest body accepted unless the application says otherwise, in bytes. */
export const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/**
 * Reads a request's body as JSON.
 *
 * @returns the value, or undefined when there is no body
 * @throws AppError `unsupported-media-type`, `payload-too-large`, `invalid-request` (not UTF-8, not JSON), `queue-full`
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number, memory: MemoryLease): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  checkContentType(request);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw buildTooLargeError(maxBytes);
  const bytes = await readBytes(request, maxBytes, memory);
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function checkContentType({ headers }: IncomingMessage): void {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (type?.trim() !== 'application/json') {
    throw new AppError('unsupported-media-type', 'The body must come with Content-Type: application/json.');
  }
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new AppError('unsupported-media-type', 'JSON is read as UTF-8 only.');
  }
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity') {
    throw new AppError('unsupported-media-type', 'The body must not be compressed.');
  }
}

function readBytes(request: IncomingMessage, maxBytes: number, memory: MemoryLease): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: AppError): void => {
      // Node goes on reading and discarding after the answer, bounded by the server's request timeout:
      // a connection closed in the middle would cost the client its answer.
      request.off('data', onData).resume();
      chunks.length = 0;
      memory.yieldBy(undefined);
      memory.set(0);
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        fail(buildTooLargeError(maxBytes));
        return;
      }
      chunks.push(chunk);
      if (memory.tryGrow(chunk.length)) return;
      request.pause();
      memory.grow(chunk.length).then(() => request.resume(), fail);
    };
    // Whoever sends slowly must not keep out those who wait for the room.
    memory.yieldBy(() => fail(buildFullError()));
    request.on('data', onData);
    request.once('end', () => {
      memory.yieldBy(undefined);
      resolve(Buffer.concat(chunks));
    });
    // 'error' is the client's leaving: no failure of ours.
    for (const event of ['error', 'close']) {
      request.once(event, () => reject(new AppError('invalid-request', 'The body ended too early.')));
    }
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return parseJsonBytes(bytes);
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    const reason = error.cause === undefined ? '' : `: ${showForeignText(messageOf(error.cause), 200)}`;
    throw new AppError('invalid-request', `The body is ${error.message}${reason}.`);
  }
}

function buildTooLargeError(maxBytes: number): AppError {
  return new AppError('payload-too-large', `The body is larger than ${maxBytes} bytes.`, {
    details: { maxBytes },
  });
}
