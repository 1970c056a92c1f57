import path from 'node:path';
// Its main file declares a method of every array anew.
import parseShell from 'shell-quote/parse.js';
import type { PlatformName } from '../lib/contracts/platform-name.ts';
import { AppError, messageOf } from '../lib/errors/app-error.ts';
import { describeWrong } from '../lib/wording/wording.ts';

/** What every command of the lab may be told. */
export interface LabOptions {
  readonly data: string;
  readonly ports: string;
  /** Where the lab runs, or `auto`: wherever one is found. */
  readonly platform?: PlatformName | 'auto';
  /** The kubectl context of a lab on Kubernetes. @default that of `make kind-up` */
  readonly context?: string;
  readonly fresh?: boolean;
  /** Partitions of `app`, as given. @default those of the lab */
  readonly partitions?: string;
  /** Further variables of the services. */
  readonly producer?: Readonly<Record<string, string>>;
  readonly consumer?: Readonly<Record<string, string>>;
  /** A command line to run instead of the lab's consumer, as given. @default the lab's consumer */
  readonly consumerCommand?: string;
}

const ROOT = path.resolve(import.meta.dirname, '..');

/** Jars are shared by all labs of a checkout. */
export const CACHE_DIR = path.join(ROOT, '.lab');

/** Where a local lab keeps its data unless it is told otherwise. */
export const DEFAULT_DATA_DIR = path.join(CACHE_DIR, 'local');

/** @throws AppError `invalid-configuration` */
export function parsePorts(ports: string): 'fixed' | 'auto' {
  if (ports === 'fixed' || ports === 'auto') return ports;
  throw refuse('--ports', ports, 'it must be fixed or auto');
}

/** A whole number given on the command line. @throws AppError `invalid-configuration` */
export function parseCount(name: string, given: string, bounds: { min: number; max: number }): number {
  const value = Number(given);
  if (/^\d{1,9}$/.test(given) && value >= bounds.min && value <= bounds.max) return value;
  throw refuse(name, given, `it must be a whole number from ${String(bounds.min)} to ${String(bounds.max)}`);
}

/** Adds a variable given as `NAME=VALUE` to those before it. @throws AppError `invalid-configuration` */
export function collectVariable(
  given: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(given);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new AppError('invalid-configuration', `${JSON.stringify(given)} is no variable; it must be NAME=VALUE`);
  }
  return { ...before, [match[1]]: match[2] };
}

/**
 * Splits a command line as a shell would, at spaces outside of quotes. What needs a shell is refused: none is run.
 *
 * @returns program and arguments
 * @throws AppError `invalid-configuration`
 */
export function parseCommandLine(name: string, given: string): readonly string[] {
  if (hasOpenQuote(given)) throw refuse(name, given, 'a quote is not closed');
  const words = splitWords(name, given).map((word) => {
    if (typeof word === 'string') return word;
    throw refuse(
      name,
      given,
      `only a shell understands ${nameShellWord(word)}: give it to one, as in sh -c '…', or quote it`,
    );
  });
  if (!words[0]) throw refuse(name, given, 'it must be a program and its arguments');
  return words;
}

function refuse(name: string, given: string, reason: string): AppError {
  return new AppError('invalid-configuration', describeWrong(name, given, reason));
}

interface Variable {
  readonly variable: string;
}

type Word = ReturnType<typeof parseShell<Variable>>[number];

function splitWords(name: string, given: string): readonly Word[] {
  try {
    return parseShell<Variable>(given, (variable) => ({ variable }));
  } catch (error) {
    throw refuse(name, given, messageOf(error));
  }
}

function nameShellWord(word: Exclude<Word, string>): string {
  if ('variable' in word) return `$${word.variable}`;
  if ('comment' in word) return `#${word.comment}`;
  return word.op === 'glob' ? word.pattern : word.op;
}

/** The library takes a quote that is not closed for one that was not there. */
function hasOpenQuote(given: string): boolean {
  return /["']/.test(given.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, ''));
}
