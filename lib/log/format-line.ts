import { escapeUnprintable } from '../contracts/foreign-text.ts';

const NOT_SHOWN = new Set(['level', 'time', 'pid', 'hostname']);
const WARN = 40;
const ERROR = 50;

/**
 * One log object as one line of text: the level when it is a warning or an error, the message, then `key=value`. What
 * others put into it stays on the line.
 */
export function formatLine(log: Readonly<Record<string, unknown>>, messageKey: string): string {
  const pairs = Object.entries(log)
    .filter(([key]) => !NOT_SHOWN.has(key) && key !== messageKey)
    .map(([key, value]) =>
      key === 'err' ? `error=${formatValue(formatError(value))}` : `${key}=${formatValue(value)}`,
    );
  const message = log[messageKey];
  const parts = [formatLevel(log['level']), typeof message === 'string' ? message : '', ...pairs];
  return escapeUnprintable(parts.filter((part) => part !== '').join(' '));
}

function formatLevel(level: unknown): string {
  if (level === ERROR) return 'ERROR';
  return level === WARN ? 'WARN' : '';
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

/** pino's serialized errors already carry the messages of their causes. */
function formatError(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'message' in value ? value.message : value;
}
