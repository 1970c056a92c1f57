import { z } from 'zod';

/** A whole number in a path or query, both bounds included. */
export function integerParameter(bounds: { readonly min: number; readonly max: number }) {
  return z
    .string()
    .regex(/^-?\d{1,15}$/, { error: 'Invalid input: expected a whole number' })
    .transform(Number)
    .pipe(z.int().min(bounds.min).max(bounds.max));
}
