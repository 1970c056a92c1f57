import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { LabObserver } from '../history/lab-observer.ts';

const TIMEOUT_MS = 90_000;
const LOOK_MS = 250;
/** A group that gets on with it may take its time; one that does nothing for so long has gone silent. */
const SILENT_AFTER_MS = 40_000;

/**
 * Waits until the group has committed everything that was stored when this was called.
 *
 * @returns the end of the topic then, by partition
 * @throws AppError `timed-out` that says how much is left
 */
export async function waitCaughtUp(
  observer: Pick<LabObserver, 'markEnd' | 'countLeft'>,
): Promise<ReadonlyMap<number, number>> {
  const end = await observer.markEnd();
  await waitUntil(
    async () => {
      const left = await observer.countLeft(end);
      if (left > 0) throw new Error(`${String(left)} records are left`);
      return true;
    },
    { what: 'the consumers to catch up', timeoutMs: TIMEOUT_MS },
  );
  return end;
}

/**
 * Waits until the group has committed everything before an end, for as long as it makes progress.
 *
 * @returns how many records are left: 0, or what was left when nothing had been committed for 40 s
 */
export async function waitProgress(
  observer: Pick<LabObserver, 'countLeft'>,
  end: ReadonlyMap<number, number>,
  signal?: AbortSignal,
): Promise<number> {
  let least = Infinity;
  let progressAt = Date.now();
  for (;;) {
    const left = await observer.countLeft(end).catch(() => least);
    if (left < least) [least, progressAt] = [left, Date.now()];
    if (left === 0 || Date.now() - progressAt > SILENT_AFTER_MS) return left;
    await delay(LOOK_MS, undefined, signal && { signal });
  }
}
