import { z } from 'zod';
import type { Variable } from './parse-config.ts';

type Declared<T> = Omit<Variable<T>, 'schema' | 'wants'>;

/** A whole number within bounds, both included. */
export function integer(bounds: { min: number; max: number }, declared: Declared<number>): Variable<number> {
  const schema = z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(bounds.min).max(bounds.max));
  return { ...declared, schema, wants: `a whole number from ${String(bounds.min)} to ${String(bounds.max)}` };
}

/** A port; 0 asks the system for a free one. */
export function port(declared: Declared<number>): Variable<number> {
  return integer({ min: 0, max: 65_535 }, declared);
}

/** Text that is not empty and has no line break. */
export function text(declared: Declared<string>): Variable<string> {
  return { ...declared, schema: z.string().regex(/^[^\r\n]+$/), wants: 'text on one line' };
}

/** Text without a line break, or null when it is empty. */
export function optionalText(declared: Omit<Declared<string | null>, 'default'>): Variable<string | null> {
  const schema = z
    .string()
    .regex(/^[^\r\n]*$/)
    .transform((given) => (given === '' ? null : given));
  return { ...declared, default: '', schema, wants: 'text on one line, or nothing' };
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly [T, ...T[]], declared: Declared<T>): Variable<T> {
  return { ...declared, schema: z.enum(words), wants: `one of ${words.join(', ')}` };
}

/** Comma-separated `host:port` pairs. */
export function addresses(declared: Declared<readonly string[]>): Variable<readonly string[]> {
  const schema = z
    .string()
    .transform((given) => given.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().regex(/^[A-Za-z0-9._-]+:([1-9]\d{0,4})$/)).nonempty());
  return { ...declared, schema, wants: 'host:port, or several separated by commas' };
}

/** Comma-separated words; empty means none. */
export function words(declared: Declared<readonly string[]>): Variable<readonly string[]> {
  const schema = z.string().transform((given) =>
    given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
  return { ...declared, schema, wants: 'words separated by commas' };
}
