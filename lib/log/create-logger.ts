import pino, { type Logger as PinoLogger } from 'pino';
import pretty from 'pino-pretty';
import { formatLine } from './format-line.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

export interface LoggerOptions {
  /** `text` for people who follow the log, `json` for collectors. */
  readonly format: 'text' | 'json';
  /** @default 'info' */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/**
 * A logger to standard output, one line a fact. Text lines read `[12:00:00.000]: message key=value`, made for
 * `kubectl logs -f`; stacks of errors are in the JSON format only.
 */
export function createLogger({ format, level = 'info' }: LoggerOptions): Logger {
  const options = { level, base: null };
  if (format === 'json') return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino(
    options,
    pretty({
      destination: 1,
      sync: true,
      colorize: false,
      hideObject: true,
      translateTime: 'SYS:HH:MM:ss.l',
      ignore: 'level,pid,hostname',
      messageFormat: (log, messageKey) => formatLine(log, messageKey),
    }),
  );
}

/** A logger that says nothing: for tests and for parts whose words nobody waits for. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' });
}
