import pino, { type Logger as PinoLogger, type LoggerOptions as PinoOptions } from 'pino';
import pretty from 'pino-pretty';
import { escapeUnprintable } from '../contracts/foreign-text.ts';
import { boundError, boundFacts, boundMessage } from './bound-facts.ts';
import { formatLine } from './format-line.ts';

/** What everything that logs is given; tests give their own. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;

interface LoggerOptions {
  /** `text` for people who follow the log, `json` for collectors. */
  readonly format: 'text' | 'json';
  /** @default 'info' */
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/**
 * A logger to standard output, one line a fact. Text lines read `[12:00:00.000]: message key=value`, made for
 * `kubectl logs -f`; stacks of errors are in the JSON format only. Whatever others sent is cut, and nothing in a line
 * can move a cursor, forge a line or turn text around.
 */
export function createLogger({ format, level = 'info' }: LoggerOptions): Logger {
  const options = { ...BOUNDED, level, base: null };
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

const BOUNDED: PinoOptions = {
  serializers: { err: (error: Error) => boundError(pino.stdSerializers.err(error)) },
  hooks: {
    logMethod(args, method) {
      const bounded = (args as unknown[]).map((arg) => (typeof arg === 'string' ? boundMessage(arg) : boundFacts(arg)));
      method.apply(this, bounded as typeof args);
    },
    // The line's own end stays.
    streamWrite: (line) => `${escapeUnprintable(line.slice(0, -1))}\n`,
  },
};

/** A logger that says nothing: for tests and for parts whose words nobody waits for. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' });
}
