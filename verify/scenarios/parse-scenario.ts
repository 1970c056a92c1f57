import { z } from 'zod';
import { AppError } from '../../lib/errors/app-error.ts';
import { LARGEST_SCALE } from '../../lib/contracts/largest-scale.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Amount, AmountBound, Scenario, Step } from './scenario.ts';
import { parseTarget, TARGET_FORM } from './targets.ts';

type Path = readonly (string | number)[];
/** Notes a flaw; null is what a flawed part becomes. */
type Complain = (path: Path, got: unknown, wanted: string) => null;

const WORKLOADS = ['consumer', 'producer', 'kafka', 'zookeeper'] as const;
const AMOUNT_FORM = `a number of replicas up to ${String(LARGEST_SCALE)}, partitions, partitions + 1, or a range such as 1 to 8`;
const DEFAULT_KEYS = 120;
const MOST_RECORDS_PER_SECOND = 5000;
const BALANCED_WITHIN_MS = 60_000;
/** A file that is no scenario at all is wrong everywhere. */
const MOST_FLAWS = 20;
const LONGEST_SHOWN = 200;
const FAULT_KINDS = ['kill', 'pause', 'resume', 'stop', 'start'] as const;

const limitsSchema = z.strictObject({
  balance: z.string().optional(),
  pause: z.string().optional(),
  dip: z.number().min(0).max(1).optional(),
  duplicates: z.int().min(0).optional(),
});

/**
 * Reads a scenario as it is written: YAML with `name`, `description`, `limits` and `steps`. docs/verify.md tells all.
 *
 * @param source what the text is called in errors: its file
 * @throws AppError `invalid-configuration` with every flaw, its line, and what is wanted there
 */
export function parseScenario(text: string, source: string): Scenario {
  const yaml = parseYaml(text);
  const flaws = yaml.flaws.slice(0, MOST_FLAWS);
  let untold = yaml.flaws.length - flaws.length;
  const complain: Complain = (path, got, wanted) => {
    if (flaws.length === MOST_FLAWS) {
      untold += 1;
      return null;
    }
    const name = path.length === 0 ? 'it' : shorten(path.map(String).join('.'));
    const given = got === undefined ? 'missing' : shorten(JSON.stringify(got));
    flaws.push(`line ${String(yaml.findLine(path))}: ${name} is ${given}; it wants ${wanted}`);
    return null;
  };
  const scenario = flaws.length > 0 ? null : readScenario(yaml.value, complain);
  if (flaws.length === 0 && scenario !== null) return scenario;
  const listed = flaws.map((flaw) => `  ${flaw}`);
  if (untold > 0) listed.push(`  and ${String(untold)} more`);
  throw new AppError('invalid-configuration', `${source} is no scenario:\n${listed.join('\n')}`);
}

function shorten(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function readScenario(given: unknown, complain: Complain): Scenario | null {
  if (!isRecord(given)) return complain([], given, 'name, description, steps and perhaps limits');
  for (const key of Object.keys(given)) {
    if (!['name', 'description', 'limits', 'steps'].includes(key)) {
      complain([key], given[key], 'to be away: there is name, description, limits and steps');
    }
  }
  const { name, description, limits, steps } = given;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    complain(['name'], name, 'a name in lower case with hyphens');
  }
  if (typeof description !== 'string' || description.trim() === '') {
    complain(['description'], description, 'a sentence');
  }
  const parsed = readSteps(steps, ['steps'], complain, true);
  complainAboutKeys(parsed, complain);
  return {
    name: String(name),
    description: String(description).trim(),
    limits: readLimits(limits, complain),
    steps: parsed,
  };
}

/** The driver has one set of keys: a record's order is told by producer and key. */
function complainAboutKeys(steps: readonly Step[], complain: Complain): void {
  const all = steps.flatMap((step) => (step.kind === 'mix' ? step.of.flatMap((part) => part.steps) : [step]));
  const keys = new Set(all.flatMap((step) => (step.kind === 'load' && step.ratePerSecond > 0 ? [step.keys] : [])));
  if (keys.size > 1) complain(['steps'], [...keys], 'the same number of keys for every load');
}

function readLimits(given: unknown, complain: Complain): Scenario['limits'] {
  if (given === undefined) return {};
  const parsed = limitsSchema.safeParse(given);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      complain(
        ['limits', ...(path as Path)],
        given,
        `balance and pause as durations, dip from 0 to 1, duplicates (${message})`,
      );
    }
    return {};
  }
  const { balance, pause, dip, duplicates } = parsed.data;
  const readMs = (key: string, text: string | undefined): number | null =>
    text === undefined ? null : (parseDuration(text) ?? complain(['limits', key], text, DURATION_FORM));
  const balanceMs = readMs('balance', balance);
  const pauseMs = readMs('pause', pause);
  return {
    ...(balanceMs !== null && { balanceMs }),
    ...(pauseMs !== null && { pauseMs }),
    ...(dip !== undefined && { dip }),
    ...(duplicates !== undefined && { duplicates }),
  };
}

function readSteps(given: unknown, path: Path, complain: Complain, mayMix: boolean): Step[] {
  if (!Array.isArray(given) || given.length === 0) {
    complain(path, given, 'a list with at least one step');
    return [];
  }
  return given.flatMap((step: unknown, index) => readStep(step, [...path, index], complain, mayMix) ?? []);
}

function readStep(given: unknown, path: Path, complain: Complain, mayMix: boolean): Step | null {
  const names = Object.keys(READERS).filter((name) => mayMix || name !== 'mix');
  const entries: [string, unknown][] =
    typeof given === 'string' ? [[given, undefined]] : isRecord(given) ? Object.entries(given) : [];
  const [name, value] = entries[0] ?? [''];
  const read = READERS[name];
  if (entries.length !== 1 || read === undefined || !names.includes(name)) {
    return complain(path, given, `one step: ${names.join(', ')}`);
  }
  return read(value, typeof given === 'string' ? path : [...path, name], complain);
}

type Reader = (value: unknown, path: Path, complain: Complain) => Step | null;

const READERS: Readonly<Record<string, Reader>> = {
  load: (value, path, complain) => {
    if (value === 'off') return { kind: 'load', ratePerSecond: 0, keys: DEFAULT_KEYS };
    const parsed = z
      .strictObject({ rate: z.int().min(1).max(MOST_RECORDS_PER_SECOND), keys: z.int().min(1).max(100_000).optional() })
      .safeParse(value);
    if (!parsed.success) {
      return complain(
        path,
        value,
        `off, or {rate: records a second from 1 to ${String(MOST_RECORDS_PER_SECOND)}, keys: how many different ones}`,
      );
    }
    return { kind: 'load', ratePerSecond: parsed.data.rate, keys: parsed.data.keys ?? DEFAULT_KEYS };
  },
  scale: (value, path, complain) => {
    const [workload, amount, ...others] = isRecord(value) ? Object.entries(value).flat() : [];
    if ((workload !== 'consumer' && workload !== 'producer') || others.length > 0) {
      return complain(path, value, '{consumer: replicas} or {producer: replicas}');
    }
    const replicas = parseAmount(amount);
    return replicas === undefined
      ? complain([...path, workload], amount, AMOUNT_FORM)
      : { kind: 'scale', workload, replicas };
  },
  ...Object.fromEntries(
    FAULT_KINDS.map((kind): [string, Reader] => [
      kind,
      (value, path, complain) => {
        const target = typeof value === 'string' ? parseTarget(value) : undefined;
        if (target === undefined) return complain(path, value, `a target: ${TARGET_FORM}`);
        return { kind, target, phrase: String(value).trim() };
      },
    ]),
  ),
  roll: (value, path, complain) => {
    const workload = WORKLOADS.find((one) => one === value);
    return workload === undefined
      ? complain(path, value, `one of ${WORKLOADS.join(', ')}`)
      : { kind: 'roll', workload };
  },
  drain: (value, path, complain) => {
    const match = typeof value === 'string' ? /^the node of (.+)$/.exec(value.trim()) : null;
    const target = match?.[1] === undefined ? undefined : parseTarget(match[1]);
    if (target === undefined) return complain(path, value, `the node of a target: ${TARGET_FORM}`);
    return { kind: 'drain', target, phrase: String(value).trim() };
  },
  uncordon: (value, path, complain) =>
    value === undefined ? { kind: 'uncordon' } : complain(path, value, 'nothing: it ends every drain'),
  'delete-offsets': (value, path, complain) =>
    value === undefined ? { kind: 'delete-offsets' } : complain(path, value, 'nothing: it is about all partitions'),
  'wait-balanced': (value, path, complain) => {
    if (value === undefined) return { kind: 'wait-balanced', withinMs: BALANCED_WITHIN_MS };
    const within = isRecord(value) && Object.keys(value).length === 1 ? value['within'] : undefined;
    const withinMs = typeof within === 'string' ? parseDuration(within) : undefined;
    return withinMs === undefined
      ? complain(path, value, `nothing, or {within: ${DURATION_FORM}}`)
      : { kind: 'wait-balanced', withinMs };
  },
  hold: (value, path, complain) => {
    const forMs = typeof value === 'string' ? parseDuration(value) : undefined;
    return forMs === undefined ? complain(path, value, DURATION_FORM) : { kind: 'hold', forMs };
  },
  poison: (value, path, complain) => {
    const parsed = z.int().min(1).max(1000).safeParse(value);
    return parsed.success
      ? { kind: 'poison', records: parsed.data }
      : complain(path, value, 'a number of records from 1 to 1000');
  },
  mix: (value, path, complain) => {
    const { for: time, of: parts } = isRecord(value) ? value : {};
    const forMs = typeof time === 'string' ? parseDuration(time) : undefined;
    if (forMs === undefined || !isRecord(parts) || Object.keys(parts).length === 0) {
      return complain(path, value, `{for: ${DURATION_FORM}, of: {name of a part: its steps, …}}`);
    }
    const of = Object.entries(parts).map(([name, steps]) => ({
      name,
      steps: readSteps(steps, [...path, 'of', name], complain, false),
    }));
    return { kind: 'mix', forMs, of };
  },
};

function parseAmount(given: unknown): Amount | undefined {
  const text = String(given).trim();
  const [low, high] = text.split(/ to /).map(parseBound);
  if (low === undefined || (text.includes(' to ') && high === undefined)) return undefined;
  const max = high ?? low;
  return !low.isPartitions && !max.isPartitions && low.plus > max.plus ? undefined : { min: low, max };
}

function parseBound(text: string): AmountBound | undefined {
  const match = /^(?:(\d{1,3})|partitions(?: ?([+-]) ?(\d{1,3}))?)$/.exec(text.trim());
  if (!match) return undefined;
  const [, fixed, sign, more] = match;
  if (fixed !== undefined) {
    return Number(fixed) <= LARGEST_SCALE ? { plus: Number(fixed), isPartitions: false } : undefined;
  }
  return { plus: (sign === '-' ? -1 : 1) * Number(more ?? 0), isPartitions: true };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
