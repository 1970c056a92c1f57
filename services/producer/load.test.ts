import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { startLoad } from './load.ts';
import { createFakeProducer } from './testing/fake-producer.ts';

const SPEC = { id: 'l', ratePerSecond: 100, keys: 3, durationSeconds: 2 };

describe('a load', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('sends numbered, keyed records at its rate, and ends by itself', async () => {
    const producer = createFakeProducer();
    const load = startLoad(SPEC, 'producer-1', producer);
    await jest.advanceTimersByTimeAsync(1000);
    expect(load.status()).toMatchObject({ state: 'running', sent: 100, acknowledged: 100, failed: {}, unknown: 0 });
    await jest.advanceTimersByTimeAsync(5000);
    expect(load.status()).toMatchObject({ state: 'ended', sent: 200, acknowledged: 200 });
    expect(new Set(producer.sent.map(({ key }) => key))).toEqual(new Set(['key-0', 'key-1', 'key-2']));
    expect(new Set(producer.sent.map(({ value }) => String(value))).size).toBe(200);
  });

  it('counts what is not stored by its problem, and what may be apart', async () => {
    let count = 0;
    const producer = createFakeProducer(() => {
      count += 1;
      if (count % 4 === 1) return new AppError('outcome-unknown', 'perhaps');
      if (count % 4 === 2) return new AppError('queue-full', 'full');
      return count % 4 === 3 ? new Error('a defect') : undefined;
    });
    const load = startLoad(SPEC, 'producer-1', producer);
    await jest.advanceTimersByTimeAsync(3000);
    expect(load.status()).toMatchObject({
      sent: 200,
      acknowledged: 50,
      unknown: 50,
      failed: { 'queue-full': 50, internal: 50 },
    });
  });

  it('sends no more when it is ended', async () => {
    const producer = createFakeProducer();
    const load = startLoad(SPEC, 'producer-1', producer);
    await jest.advanceTimersByTimeAsync(500);
    load.stop();
    await jest.advanceTimersByTimeAsync(1000);
    expect(load.status()).toMatchObject({ state: 'ended', sent: 50, acknowledged: 50 });
  });
});
