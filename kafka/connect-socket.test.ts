import { describe, expect, it } from '@jest/globals';
import type { LookupFunction } from 'node:net';
import { limitLookup } from './connect-socket.ts';

/** What a caller is told, each time it is. */
function ask(lookup: LookupFunction): Promise<unknown[]> {
  return new Promise((resolve) => lookup('kafka', { all: true }, (...result) => resolve(result)));
}

describe('limitLookup', () => {
  it('passes on what the name servers say', async () => {
    const answer: LookupFunction = (_, __, callback) => callback(null, '127.0.0.1', 4);
    expect(await ask(limitLookup(answer))).toEqual([null, '127.0.0.1', 4]);
  });

  it('says which name it was when nobody answers in time, and hears no late answer', async () => {
    const late = Promise.withResolvers<() => void>();
    const silent: LookupFunction = (_, __, callback) => late.resolve(() => callback(null, '127.0.0.1', 4));
    const told: unknown[][] = [];
    const limited = limitLookup(silent, 1);
    await new Promise<void>((resolve) =>
      limited('kafka', { all: true }, (...result) => {
        told.push(result);
        resolve();
      }),
    );
    (await late.promise)();
    expect(told).toMatchObject([[{ message: 'the name kafka could not be resolved within 1 ms' }, []]]);
  });
});
