import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { decideBudgetBytes, decideMaxConnections, MemoryBudget } from './memory-budget.ts';

const MEBIBYTE = 1024 * 1024;

describe('a memory budget', () => {
  it('is a share of what the system leaves to the process', () => {
    expect(decideBudgetBytes(256 * MEBIBYTE)).toBe(16 * MEBIBYTE);
    expect(decideBudgetBytes(64 * 1024 * MEBIBYTE)).toBe(64 * MEBIBYTE);
    expect(decideMaxConnections(256 * MEBIBYTE)).toBe(512);
  });

  it('lets who comes when it is full wait, first come, first served', async () => {
    const budget = new MemoryBudget({ totalBytes: MEBIBYTE });
    const [first, second, third] = [budget.openLease(), budget.openLease(), budget.openLease()];
    await first.grow(MEBIBYTE);
    const order: string[] = [];
    const waiting = [
      second.grow(MEBIBYTE / 2).then(() => order.push('second')),
      third.grow(MEBIBYTE / 4).then(() => order.push('third')),
    ];
    await delay(5);
    expect(order).toEqual([]);
    first.set(MEBIBYTE / 4);
    await Promise.all(waiting);
    expect(order).toEqual(['second', 'third']);
    for (const lease of [first, second, third]) lease.release();
    expect(budget.takenBytes).toBe(0);
  });

  it('refuses who waits for too long, so that it can come again', async () => {
    const budget = new MemoryBudget({ totalBytes: MEBIBYTE, patienceMs: 20 });
    await budget.openLease().grow(MEBIBYTE);
    await expect(budget.openLease().grow(MEBIBYTE)).rejects.toMatchObject({ code: 'queue-full', retriable: true });
  });

  it('does not count what is small', async () => {
    const budget = new MemoryBudget({ totalBytes: MEBIBYTE });
    await budget.openLease().grow(2 * MEBIBYTE);
    expect(budget.openLease().tryGrow(10_000)).toBe(true);
    expect(budget.openLease().tryGrow(100_000)).toBe(false);
  });

  it('makes the slowest client give way to those who wait, and not before a grace', async () => {
    const budget = new MemoryBudget({ totalBytes: MEBIBYTE, graceMs: 300 });
    const gaveWay: string[] = [];
    const hold = async (name: string, bytes: number): Promise<void> => {
      const lease = budget.openLease();
      await lease.grow(bytes);
      lease.yieldBy(() => {
        gaveWay.push(name);
        lease.release();
      });
    };
    await hold('oldest', MEBIBYTE / 2);
    await hold('newer', MEBIBYTE / 2);
    const startedAt = Date.now();
    await budget.openLease().grow(MEBIBYTE / 4);
    expect(Date.now() - startedAt).toBeGreaterThan(250);
    expect(gaveWay).toEqual(['oldest']);
  });

  it('forgets who has left', async () => {
    const budget = new MemoryBudget({ totalBytes: MEBIBYTE });
    const holder = budget.openLease();
    await holder.grow(MEBIBYTE);
    const gone = budget.openLease();
    const waiting = gone.grow(MEBIBYTE);
    gone.release();
    await expect(waiting).rejects.toMatchObject({ code: 'queue-full' });
    gone.set(MEBIBYTE);
    holder.release();
    expect(budget.takenBytes).toBe(0);
  });
});
