import { cutText } from '../contracts/foreign-text.ts';

/** Longest text in a line of the log, in characters: of a fact, and of the message. Names fit, keys of megabytes do not. */
const MOST_FACT_CHARACTERS = 256;
const MOST_MESSAGE_CHARACTERS = 1000;
const MOST_STACK_CHARACTERS = 4000;
const MOST_ITEMS = 100;
const DEEPEST = 4;

/** What a line of the log says, with a bound on everything in it: others decide on what is in keys, names and errors. */
export function boundFacts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cutText(value, MOST_FACT_CHARACTERS);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth === DEEPEST) return '…';
  if (Array.isArray(value)) return boundItems(value, (item) => boundFacts(item, depth + 1));
  const entries = Object.entries(value).map(([name, item]) => [
    cutText(name, MOST_FACT_CHARACTERS),
    boundFacts(item, depth + 1),
  ]);
  return Object.fromEntries(entries.slice(0, MOST_ITEMS)) as unknown;
}

function boundItems(items: readonly unknown[], bound: (item: unknown) => unknown): unknown[] {
  const first = items.slice(0, MOST_ITEMS).map(bound);
  return items.length > MOST_ITEMS ? [...first, `and ${String(items.length - MOST_ITEMS)} more`] : first;
}

/** Cuts a message that is too long for a line of a log. */
export function boundMessage(message: string): string {
  return cutText(message, MOST_MESSAGE_CHARACTERS);
}

/** An error as pino serializes it: its message and stack name what others sent. */
export function boundError<T>(error: T): T {
  if (typeof error !== 'object' || error === null) return error;
  const { message, stack, ...facts } = error as { message?: unknown; stack?: unknown };
  return {
    ...(boundFacts(facts) as object),
    ...(typeof message === 'string' ? { message: boundMessage(message) } : {}),
    ...(typeof stack === 'string' ? { stack: cutText(stack, MOST_STACK_CHARACTERS) } : {}),
  } as T;
}
