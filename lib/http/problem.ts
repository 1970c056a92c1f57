import { z } from 'zod';
import { AppError, type ErrorCode } from '../errors/app-error.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** The one table from error codes to HTTP: everything that answers or documents an error looks here. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemKind>> = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'forbidden-origin': { status: 403, title: 'Pages of other sites may not write here' },
  'read-only': { status: 403, title: 'Nothing can be changed here' },
  'not-found': { status: 404, title: 'There is nothing at this path' },
  'no-such-target': { status: 404, title: 'There is no such target' },
  'method-not-allowed': { status: 405, title: 'This path does not take this method' },
  conflict: { status: 409, title: 'The request contradicts the present state' },
  'already-running': { status: 409, title: 'It is running already' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'record-too-large': { status: 413, title: 'The record is larger than Kafka takes' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  // RFC 9110, 15.5.20: the server does not answer for this authority.
  'forbidden-host': { status: 421, title: 'This server does not answer to this host name' },
  'record-refused': { status: 422, title: 'Kafka does not take this record' },
  'invalid-configuration': { status: 500, title: 'The configuration is not usable' },
  'missing-requirement': { status: 500, title: 'Something needed is missing' },
  'port-in-use': { status: 500, title: 'A port is taken' },
  'data-mismatch': { status: 500, title: 'The stored data does not fit' },
  'process-failed': { status: 500, title: 'A process failed' },
  'topic-mismatch': { status: 500, title: 'A topic is not as it must be' },
  'log-unreadable': { status: 500, title: 'A part of the log cannot be read' },
  internal: { status: 500, title: 'Something went wrong inside' },
  'unsupported-by-platform': { status: 501, title: 'This platform cannot do it' },
  'kafka-unavailable': { status: 503, title: 'Kafka cannot be reached' },
  'queue-full': { status: 503, title: 'Too much is waiting already' },
  'shutting-down': { status: 503, title: 'This replica is stopping' },
  'outcome-unknown': { status: 504, title: 'Handed over, but not confirmed' },
  'timed-out': { status: 504, title: 'It took too long' },
};

/** The content type of every answer that is an error (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** An error as answered: RFC 9457, with our code, and with the error's details as further members. */
export const problemSchema = z
  .looseObject({
    type: z.string().describe('Names the kind of problem; `urn:kafka-lab:problem:` and the code.'),
    title: z.string().describe('The kind of problem in words.'),
    status: z.int().describe('The HTTP status.'),
    detail: z.string().describe('What went wrong this time.'),
    code: z.string().describe('The kind of problem, for programs.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('For `invalid-request`: every field that is wrong.'),
  })
  .meta({ id: 'Problem' });

type Problem = z.infer<typeof problemSchema>;

/** A problem and how it is sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: Problem;
}

/** What an error looks like from outside. Whatever is not an AppError is `internal` and tells nothing of itself. */
export function buildProblem(error: unknown): ProblemAnswer {
  const known = error instanceof AppError && error.code !== 'internal' ? error : undefined;
  const code = known?.code ?? 'internal';
  const { status, title } = PROBLEMS[code];
  const detail = known?.message ?? 'The server met a condition it does not know; its log says more.';
  const members = { type: `urn:kafka-lab:problem:${code}`, title, status, detail, code };
  // First for the reading order, last so that no detail takes their place.
  return { status, headers: buildHeaders(status, known), document: { ...members, ...known?.details, ...members } };
}

function buildHeaders(status: number, error: AppError | undefined): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': PROBLEM_MEDIA_TYPE };
  if (status === 503) headers['retry-after'] = formatRetryAfter(error?.details['retryAfterSeconds']);
  const allowed = error?.details['allowedMethods'];
  if (status === 405 && Array.isArray(allowed)) headers['allow'] = allowed.join(', ');
  return headers;
}

function formatRetryAfter(seconds: unknown): string {
  return typeof seconds === 'number' && seconds > 0 && seconds < 86_400 ? String(Math.ceil(seconds)) : '1';
}
