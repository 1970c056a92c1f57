import { z } from 'zod';
import type { StepKind } from './step-kind.ts';

/** Numbered, keyed records from now on; 0 a second ends it. */
export interface LoadStep {
  readonly kind: 'load';
  readonly ratePerSecond: number;
  readonly keys: number;
}

const DEFAULT_KEYS = 120;
const MOST_RECORDS_PER_SECOND = 5000;

const rateSchema = z.strictObject({
  rate: z.int().min(1).max(MOST_RECORDS_PER_SECOND),
  keys: z.int().min(1).max(100_000).optional(),
});

export const load: StepKind<LoadStep> = {
  kind: 'load',
  docs: {
    written: '`load: {rate, keys}`, `load: off`',
    does: 'numbered records a second with so many keys, from now on',
  },
  isChange: false,
  parse(value, path, { complain }) {
    if (value === 'off') return { kind: 'load', ratePerSecond: 0, keys: DEFAULT_KEYS };
    const parsed = rateSchema.safeParse(value);
    if (!parsed.success) {
      return complain(
        path,
        value,
        `off, or {rate: records a second from 1 to ${String(MOST_RECORDS_PER_SECOND)}, keys: how many different ones}`,
      );
    }
    return { kind: 'load', ratePerSecond: parsed.data.rate, keys: parsed.data.keys ?? DEFAULT_KEYS };
  },
  /** The driver has one set of keys: a record's order is told by producer and key. */
  agree(steps, { complain }) {
    const keys = new Set(steps.filter(({ ratePerSecond }) => ratePerSecond > 0).map((step) => step.keys));
    if (keys.size > 1) complain(['steps'], [...keys], 'the same number of keys for every load');
  },
  prepare: ({ ratePerSecond, keys }, stage) => ({
    text:
      ratePerSecond === 0 ? 'load off' : `load of ${String(ratePerSecond)} records a second with ${String(keys)} keys`,
    act() {
      stage.load.set(ratePerSecond, keys);
      return Promise.resolve();
    },
  }),
};
