import { setTimeout as delay } from 'node:timers/promises';

/** So many looks that only what never comes is given up, however busy the machine is. */
const MOST_LOOKS = 15_000;

/** Until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let left = MOST_LOOKS; !holds(); left -= 1) {
    if (left === 0) throw new Error('it did not come to that');
    await delay(1);
  }
}

/** Lets everything that waits for nothing but its turn have it, many times over. */
export async function letOthersRun(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
