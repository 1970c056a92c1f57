import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { AppError } from '../errors/app-error.ts';

/** The schemas of a route's parts; a part without one must be empty. */
export interface RequestSchemas {
  readonly params: z.ZodObject;
  /** Strict, so that unknown parameters are refused. */
  readonly query: z.ZodObject;
  readonly headers: z.ZodObject;
  /** @default a body is refused */
  readonly body?: z.ZodType;
}

/** The parts of a request as they came. */
export interface RawRequest {
  readonly params: Readonly<Record<string, unknown>>;
  /** With its question mark, or empty. */
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** The parts of a request as the schemas gave them: converted, and with their defaults. */
export interface ValidRequest {
  readonly params: Record<string, unknown>;
  readonly query: Record<string, unknown>;
  readonly headers: Record<string, unknown>;
  readonly body: unknown;
}

/** One thing wrong with a request: where, as in `body.messages[3].name`, and what. */
interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** Answers name at most this many wrong fields, and paths of at most this many characters. */
const MAX_ERRORS = 50;
const MAX_PATH_LENGTH = 200;

/**
 * Checks all parts of a request.
 *
 * @throws AppError `invalid-request`, one for everything that is wrong, in details `errors`
 */
export function validateRequest(schemas: RequestSchemas, raw: RawRequest): ValidRequest {
  const errors: FieldError[] = [];
  const check = <T extends z.ZodType>(part: string, schema: T, value: unknown): z.output<T> => {
    const result = schema.safeParse(value);
    if (!result.success) errors.push(...result.error.issues.flatMap((issue) => describeIssue(issue, [part])));
    // Only returned to callers when there are no errors at all.
    return result.data as z.output<T>;
  };
  const valid: ValidRequest = {
    params: check('path', schemas.params, raw.params),
    query: check('query', schemas.query, parseQuery(raw.search, errors)),
    headers: check('header', schemas.headers, raw.headers),
    body: checkBody(schemas.body, raw.body, errors, check),
  };
  if (errors.length > 0) throw buildError(errors);
  return valid;
}

function checkBody(
  schema: z.ZodType | undefined,
  body: unknown,
  errors: FieldError[],
  check: (part: string, schema: z.ZodType, value: unknown) => unknown,
): unknown {
  if (schema === undefined) {
    if (body !== undefined) errors.push({ path: 'body', message: 'No body is taken here' });
    return undefined;
  }
  if (body === undefined && !schema.safeParse(undefined).success) {
    errors.push({ path: 'body', message: 'A body is required' });
    return undefined;
  }
  return check('body', schema, body);
}

function parseQuery(search: string, errors: FieldError[]): Record<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (query.has(name)) errors.push({ path: formatPath(['query', name]), message: 'Given more than once' });
    query.set(name, value);
  }
  return Object.fromEntries(query);
}

function describeIssue(issue: z.core.$ZodIssue, parent: readonly PropertyKey[]): FieldError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: formatPath([...path, key]), message: 'Unknown field' }));
  }
  if (issue.code === 'invalid_union') {
    const closest = findClosest(issue.errors);
    if (closest !== undefined) return closest.flatMap((nested) => describeIssue(nested, path));
  }
  return [{ path: formatPath(path), message: issue.message }];
}

/** Of a union's alternatives, the one that was most likely meant: of the right type, with the fewest faults. */
function findClosest(alternatives: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const isOtherType = (issues: readonly z.core.$ZodIssue[]) =>
    issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  const ofRightType = alternatives.filter((issues) => !isOtherType(issues));
  return ofRightType.toSorted((one, other) => one.length - other.length)[0];
}

function formatPath(path: readonly PropertyKey[]): string {
  const text = path
    .map((key, index) => (typeof key === 'number' ? `[${String(key)}]` : `${index === 0 ? '' : '.'}${String(key)}`))
    .join('');
  return text.length > MAX_PATH_LENGTH ? `${text.slice(0, MAX_PATH_LENGTH)}…` : text;
}

function buildError(errors: readonly FieldError[]): AppError {
  const [first] = errors;
  const others = errors.length > 1 ? `, and ${String(errors.length - 1)} more` : '';
  return new AppError('invalid-request', `${first?.path ?? ''}: ${first?.message ?? ''}${others}.`, {
    details: { errors: errors.slice(0, MAX_ERRORS), errorCount: errors.length },
  });
}
