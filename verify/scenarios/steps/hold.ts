import { setTimeout as delay } from 'node:timers/promises';
import { DURATION_FORM, formatDuration, parseDuration } from '../duration.ts';
import type { StepKind } from './step-kind.ts';

/** Nothing, for a while. */
export interface HoldStep {
  readonly kind: 'hold';
  readonly forMs: number;
}

export const hold: StepKind<HoldStep> = {
  kind: 'hold',
  docs: { written: '`hold: 5s`', does: 'lets it be' },
  isChange: false,
  parse(value, path, { complain }) {
    const forMs = typeof value === 'string' ? parseDuration(value) : undefined;
    return forMs === undefined ? complain(path, value, DURATION_FORM) : { kind: 'hold', forMs };
  },
  prepare: ({ forMs }, { signal }) => ({
    text: `hold for ${formatDuration(forMs)}`,
    act: () => delay(forMs, undefined, { signal }),
  }),
};
