import { waitUntil } from '../../lib/platform/wait-until.ts';
import type { LabObserver } from '../history/lab-observer.ts';

const TIMEOUT_MS = 90_000;

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
