import { describe, expect, it } from '@jest/globals';
import { untilAborted } from './until-aborted.ts';

describe('untilAborted', () => {
  it('gives what the promise gives', async () => {
    await expect(untilAborted(new AbortController().signal, Promise.resolve(7))).resolves.toBe(7);
  });

  it('rejects with the signal’s reason, before and while it waits', async () => {
    const abortion = new AbortController();
    const reason = new Error('interrupted');
    const waiting = untilAborted(abortion.signal, new Promise(() => undefined));
    abortion.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(
      untilAborted(
        abortion.signal,
        Promise.resolve(7).then(() => 7),
      ),
    ).rejects.toBe(reason);
  });
});
