import { AppError, messageOf, type ErrorCode } from '../../lib/errors/app-error.ts';

/** What a call was meant to do and whom it asked, for the sentence of its error. */
export interface CallContext {
  /** To follow "could not": "list the pods". */
  readonly what: string;
  readonly context: string;
  readonly server: string;
}

interface Meaning {
  readonly code: ErrorCode;
  readonly retriable: boolean;
}

const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: { code: 'invalid-request', retriable: false },
  404: { code: 'no-such-target', retriable: false },
  409: { code: 'conflict', retriable: true },
  422: { code: 'invalid-request', retriable: false },
};

/**
 * What the Kubernetes client threw, as the project's error: by the status of the answer, or, when there was none,
 * retriable `timed-out` and `process-failed`, because the API server may be back in a moment.
 */
export function translateKubeError(thrown: unknown, { what, context, server }: CallContext): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = readStatus(thrown);
  if (status !== undefined) {
    const busy = status === 429 || status >= 500;
    const { code, retriable } = MEANINGS[status] ?? { code: 'process-failed', retriable: busy };
    const message = `could not ${what}: ${readMessage(thrown, status)}`;
    return new AppError(code, message, { retriable, details: { status }, cause: thrown });
  }
  const where = `the API server ${server} of context ${context}`;
  if (hasName(thrown, 'TimeoutError')) {
    return new AppError('timed-out', `could not ${what}: ${where} did not answer in time`, {
      retriable: true,
      cause: thrown,
    });
  }
  const advice = context.startsWith('kind-') ? '; `make kind-up` starts the cluster' : '';
  return new AppError(
    'process-failed',
    `could not ${what}: ${where} cannot be reached (${describeCause(thrown)})${advice}`,
    { retriable: true, cause: thrown },
  );
}

/** The HTTP status in an error of client-node's interfaces (`code`), its watch (`statusCode`) or of a WebSocket. */
function readStatus(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  // `ws` tells of a refused handshake in words only.
  const refused = /^Unexpected server response: (\d+)$/.exec(readText(thrown) ?? '')?.[1];
  const status = 'statusCode' in thrown ? thrown.statusCode : 'code' in thrown ? thrown.code : Number(refused);
  // Aborts and timeouts have codes of their own, which are smaller.
  return typeof status === 'number' && status >= 300 && status < 600 ? status : undefined;
}

function readText(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  return 'message' in thrown && typeof thrown.message === 'string' ? thrown.message : undefined;
}

/** The sentence of the API server, which is in the `Status` that it answers with. */
function readMessage(thrown: unknown, status: number): string {
  if (typeof thrown === 'object' && thrown !== null && 'body' in thrown) {
    const message = readText(parseBody(thrown.body));
    if (message !== undefined && message !== '') return message;
  }
  return `the API server answered ${String(status)}`;
}

function parseBody(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return { message: body };
  }
}

function hasName(thrown: unknown, name: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === name;
}

/** `fetch` says "fetch failed" and gives the reason as a cause, of which there may be one for each address. */
function describeCause(thrown: unknown): string {
  const cause = typeof thrown === 'object' && thrown !== null && 'cause' in thrown ? thrown.cause : undefined;
  for (const error of [cause, thrown]) {
    if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
      return error.code;
    }
  }
  return readText(cause) || readText(thrown) || messageOf(thrown);
}
