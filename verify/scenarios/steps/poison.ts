import { z } from 'zod';
import type { StepKind } from './step-kind.ts';

/** Records that are no messages, each on a partition that the seed decides. */
export interface PoisonStep {
  readonly kind: 'poison';
  readonly records: number;
}

const recordsSchema = z.int().min(1).max(1000);

export const poison: StepKind<PoisonStep> = {
  kind: 'poison',
  docs: { written: '`poison: N`', does: 'records that are no messages, on partitions that the seed decides' },
  isChange: false,
  parse(value, path, { complain }) {
    const parsed = recordsSchema.safeParse(value);
    return parsed.success
      ? { kind: 'poison', records: parsed.data }
      : complain(path, value, 'a number of records from 1 to 1000');
  },
  prepare: ({ records }, stage) => ({
    text: `poison: ${String(records)} records that are no messages`,
    async act() {
      const { random, partitions, journal } = stage;
      const places: string[] = [];
      for (let count = 0; count < records; count += 1) {
        const partition = random.integer(0, partitions - 1);
        const sent = await stage.poison.send(partition);
        journal.write({ kind: 'poison', at: Date.now(), poison: sent });
        places.push(`${String(partition)}/${String(sent.offset)}`);
      }
      return { detail: `at ${places.join(', ')}` };
    },
  }),
};
