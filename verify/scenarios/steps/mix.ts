import { DURATION_FORM, parseDuration } from '../duration.ts';
import { isRecord } from '../is-record.ts';
import type { Step } from './registry.ts';
import type { CompositeKind } from './step-kind.ts';

/** Parts in an order that the seed decides, until the time is over. */
export interface MixStep {
  readonly kind: 'mix';
  readonly forMs: number;
  readonly of: readonly MixPart[];
}

interface MixPart {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const mix: CompositeKind<MixStep> = {
  kind: 'mix',
  docs: {
    written: '`mix: {for: 30m, of: {name: steps, …}}`',
    does: 'parts in an order that the seed decides, until the time is over',
  },
  parse(value, path, { complain, readSteps }) {
    const { for: time, of: parts } = isRecord(value) ? value : {};
    const forMs = typeof time === 'string' ? parseDuration(time) : undefined;
    if (forMs === undefined || !isRecord(parts) || Object.keys(parts).length === 0) {
      return complain(path, value, `{for: ${DURATION_FORM}, of: {name of a part: its steps, …}}`);
    }
    const of = Object.entries(parts).map(([name, steps]) => ({ name, steps: readSteps(steps, [...path, 'of', name]) }));
    return { kind: 'mix', forMs, of };
  },
  async perform({ forMs, of }, { random, runSteps }) {
    const end = Date.now() + forMs;
    while (Date.now() < end) await runSteps(random.pick(of).steps);
  },
};
