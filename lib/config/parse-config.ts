import type { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { describeWrong } from '../wording/wording.ts';

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One declared variable: how it is read, what it is for, and its default as it would be typed. */
export interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly wants: string;
  readonly description: string;
  /** @default none: the variable is required */
  readonly default?: string;
}

type Declaration = Readonly<Record<string, Variable<unknown>>>;

/** The values of a declaration, by variable name. */
export type ValuesOf<D extends Declaration> = { readonly [K in keyof D]: D[K] extends Variable<infer T> ? T : never };

/**
 * Reads a declared set of environment variables. Pure: only entry files pass `process.env`.
 * Empty values count as missing, so that `NAME=` in a manifest means the default.
 *
 * @throws AppError `invalid-configuration`, one for all bad variables: what each is and what it must be.
 */
export function parseConfig<D extends Declaration>(declaration: D, environment: Environment): ValuesOf<D> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(declaration)) {
    const given = environment[name];
    const text = given === undefined || given === '' ? variable.default : given;
    const result = variable.schema.safeParse(text);
    if (text !== undefined && result.success) values[name] = result.data;
    else problems.push(describeWrong(name, text, `it must be ${variable.wants}`));
  }
  if (problems.length > 0) {
    throw new AppError('invalid-configuration', `The environment is not usable:\n  ${problems.join('\n  ')}`, {
      details: { problems },
    });
  }
  return Object.freeze(values) as ValuesOf<D>;
}

/** The columns of a table of variables. */
export const VARIABLE_HEADS: readonly string[] = ['variable', 'default', 'meaning'];

/** The declaration as the rows of such a table in Markdown. */
export function describeVariables(declaration: Declaration): readonly (readonly string[])[] {
  return Object.entries(declaration).map(([name, { description, wants, default: preset }]) => [
    `\`${name}\``,
    preset === undefined ? 'required' : `\`${preset}\``,
    `${description} (${wants})`,
  ]);
}
