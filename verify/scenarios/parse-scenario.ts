import { z } from 'zod';
import { AppError } from '../../lib/errors/app-error.ts';
import { describeWrong, shorten } from '../../lib/wording/wording.ts';
import { DURATION_FORM, parseDuration } from './duration.ts';
import { isRecord } from './is-record.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Scenario } from './scenario.ts';
import { findStepKind, isComposite, STEP_KINDS, type Step } from './steps/registry.ts';
import type { Path, Reading } from './steps/step-kind.ts';

type Complain = Reading['complain'];

/** A file that is no scenario at all is wrong everywhere. */
const MOST_FLAWS = 20;

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
    flaws.push(`line ${String(yaml.findLine(path))}: ${describeWrong(name, got, `it must be ${wanted}`)}`);
    return null;
  };
  const scenario = flaws.length > 0 ? null : readScenario(yaml.value, complain);
  if (flaws.length === 0 && scenario !== null) return scenario;
  const listed = flaws.map((flaw) => `  ${flaw}`);
  if (untold > 0) listed.push(`  and ${String(untold)} more`);
  throw new AppError('invalid-configuration', `${source} is no scenario:\n${listed.join('\n')}`);
}

function readScenario(given: unknown, complain: Complain): Scenario | null {
  if (!isRecord(given)) return complain([], given, 'name, description, steps and perhaps limits');
  for (const key of Object.keys(given)) {
    if (!['name', 'description', 'limits', 'steps'].includes(key)) {
      complain([key], given[key], 'left out: there is name, description, limits and steps');
    }
  }
  const { name, description, limits, steps } = given;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    complain(['name'], name, 'a name in lower case with hyphens');
  }
  if (typeof description !== 'string' || description.trim() === '') {
    complain(['description'], description, 'a sentence');
  }
  const reader = new StepReader(complain);
  const parsed = reader.read(steps, ['steps']);
  reader.compare();
  return {
    name: String(name),
    description: String(description).trim(),
    limits: readLimits(limits, complain),
    steps: parsed,
  };
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

class StepReader {
  readonly #reading: Reading;
  /** Without those that are made of other steps; these are there themselves. */
  readonly #read: Step[] = [];

  constructor(complain: Complain) {
    this.#reading = { complain, readSteps: (given, path) => this.read(given, path, { isWithin: true }) };
  }

  read(given: unknown, path: Path, { isWithin = false } = {}): Step[] {
    if (!Array.isArray(given) || given.length === 0) {
      this.#reading.complain(path, given, 'a list with at least one step');
      return [];
    }
    return given.flatMap((step: unknown, index) => this.#readStep(step, [...path, index], isWithin) ?? []);
  }

  /** Complains about steps that contradict each other. */
  compare(): void {
    for (const kind of STEP_KINDS) {
      if (isComposite(kind)) continue;
      kind.agree?.(
        this.#read.filter((step) => step.kind === kind.kind),
        this.#reading,
      );
    }
  }

  #readStep(given: unknown, path: Path, isWithin: boolean): Step | null {
    const entries: [string, unknown][] =
      typeof given === 'string' ? [[given, undefined]] : isRecord(given) ? Object.entries(given) : [];
    const [name, value] = entries[0] ?? [''];
    const kind = findStepKind(name);
    if (entries.length !== 1 || kind === undefined || (isWithin && isComposite(kind))) {
      const kinds = STEP_KINDS.filter((one) => !(isWithin && isComposite(one)));
      return this.#reading.complain(path, given, `one step: ${kinds.map((one) => one.kind).join(', ')}`);
    }
    const step = kind.parse(value, typeof given === 'string' ? path : [...path, name], this.#reading);
    if (step !== null && !isComposite(kind)) this.#read.push(step);
    return step;
  }
}
