/**
 * The ways in which this project's programs fail, as codes. Each has one meaning everywhere: the HTTP
 * status, the exit code and the sentence of the README are looked up by it.
 */
export type ErrorCode =
  | 'invalid-request'
  | 'unsupported-media-type'
  | 'payload-too-large'
  | 'not-found'
  | 'method-not-allowed'
  | 'forbidden-host'
  | 'forbidden-origin'
  | 'read-only'
  | 'conflict'
  | 'kafka-unavailable'
  | 'log-unreadable'
  | 'queue-full'
  | 'record-too-large'
  | 'record-refused'
  | 'outcome-unknown'
  | 'shutting-down'
  | 'invalid-configuration'
  | 'missing-requirement'
  | 'port-in-use'
  | 'already-running'
  | 'data-mismatch'
  | 'unsupported-by-platform'
  | 'no-such-target'
  | 'timed-out'
  | 'topic-mismatch'
  | 'process-failed'
  | 'internal';

interface AppErrorOptions {
  /** Whether the same call may succeed later without a change. Default: false. */
  readonly retriable?: boolean;
  /** Facts for machines; part of a problem document, so nothing secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error class of the project: what went wrong is in `code`, the sentence for people in `message`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retriable = options.retriable ?? false;
    this.details = options.details ?? {};
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
