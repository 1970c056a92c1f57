import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '../../platforms/wait-until.ts';
import { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue.ts';

jest.setTimeout(30_000);

/** Work that a test lets end, or fail, one at a time. */
interface Job {
  readonly key: string;
  end(): void;
  fail(message?: string): void;
}

describe('createWorkQueue', () => {
  let queue: WorkQueue | undefined;
  let jobs: Job[] = [];
  let errors: { key: string; againInMs: number }[] = [];

  const create = (options: Partial<WorkQueueOptions> = {}): WorkQueue => {
    jobs = [];
    errors = [];
    queue = createWorkQueue({
      process: (key) =>
        new Promise((resolve, reject) => {
          jobs.push({ key, end: resolve, fail: (message = 'no') => reject(new Error(message)) });
        }),
      onError: (key, _error, againInMs) => void errors.push({ key, againInMs }),
      settleMs: 1,
      retry: { firstMs: 1, longestMs: 8 },
      ...options,
    });
    return queue;
  };
  const waitFor = (what: string, isSo: () => boolean): Promise<true> =>
    waitUntil(() => isSo() || undefined, { what, timeoutMs: 20_000, intervalMs: 2 });
  const waitForJob = async (number: number): Promise<Job> => {
    await waitFor(`job ${String(number)}`, () => jobs.length >= number);
    const job = jobs[number - 1];
    if (job === undefined) throw new Error('there is no such job');
    return job;
  };
  const waitIdle = (): Promise<true> => waitFor('the end of the work', () => queue?.depth === 0);

  afterEach(async () => {
    const stopped = queue?.stop();
    for (const job of jobs) job.end();
    await stopped;
    queue = undefined;
  });

  it('does once what was added many times before its turn', async () => {
    // A long pause: what is added in it waits.
    const work = create({ settleMs: 1000 });
    work.add('a');
    (await waitForJob(1)).end();
    // The turn of the first is over as soon as whatever waits for it has run.
    await new Promise(setImmediate);
    for (let times = 0; times < 5; times += 1) work.add('a');
    (await waitForJob(2)).end();
    await waitIdle();
    expect(jobs.map(({ key }) => key)).toEqual(['a', 'a']);
  });

  it('does again afterwards what was added while it was being done, once', async () => {
    const work = create();
    work.add('a');
    const first = await waitForJob(1);
    work.add('a');
    work.add('a');
    expect(jobs).toHaveLength(1);
    first.end();
    (await waitForJob(2)).end();
    await waitIdle();
    expect(jobs).toHaveLength(2);
  });

  it('never does a key twice at the same time', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const work = create({
      process: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        done += 1;
      },
      settleMs: 0,
    });
    for (let times = 0; times < 50; times += 1) {
      work.add('a');
      await new Promise(setImmediate);
    }
    await waitIdle();
    expect(most).toBe(1);
    expect(done).toBeGreaterThan(1);
  });

  it('does not let one key wait for another', async () => {
    const work = create();
    work.add('stuck');
    work.add('a');
    (await waitForJob(2)).end();
    await waitFor('one of two to be done', () => queue?.depth === 1);
    work.add('a');
    await waitForJob(3);
    expect(jobs.map(({ key }) => key)).toEqual(['stuck', 'a', 'a']);
  });

  it('tries what failed again, later each time up to a limit, and forgets failures with the first success', async () => {
    const work = create();
    work.add('a');
    for (let failures = 1; failures <= 5; failures += 1) (await waitForJob(failures)).fail();
    (await waitForJob(6)).end();
    await waitIdle();
    expect(errors.map(({ againInMs }) => againInMs)).toEqual([1, 2, 4, 8, 8]);
    work.add('a');
    (await waitForJob(7)).fail();
    (await waitForJob(8)).end();
    await waitIdle();
    expect(errors.at(-1)).toEqual({ key: 'a', againInMs: 1 });
    expect(jobs).toHaveLength(8);
  });

  it('forgets failures also when the key was added again before the success', async () => {
    const work = create();
    work.add('a');
    (await waitForJob(1)).fail();
    (await waitForJob(2)).fail();
    const third = await waitForJob(3);
    work.add('a');
    third.end();
    (await waitForJob(4)).fail();
    (await waitForJob(5)).end();
    await waitIdle();
    expect(errors.map(({ againInMs }) => againInMs)).toEqual([1, 2, 1]);
  });

  it('counts the failures of each key by itself', async () => {
    const work = create();
    work.add('a');
    (await waitForJob(1)).fail();
    (await waitForJob(2)).fail();
    const third = await waitForJob(3);
    work.add('b');
    (await waitForJob(4)).fail();
    third.end();
    (await waitForJob(5)).end();
    await waitIdle();
    expect(errors).toEqual([
      { key: 'a', againInMs: 1 },
      { key: 'a', againInMs: 2 },
      { key: 'b', againInMs: 1 },
    ]);
  });

  it('counts the keys that wait or are being done', async () => {
    const work = create();
    expect(queue?.depth).toBe(0);
    work.add('a');
    work.add('b');
    work.add('a');
    expect(queue?.depth).toBe(2);
    for (let number = 1; number <= 3; number += 1) (await waitForJob(number)).end();
    await waitIdle();
    expect(jobs).toHaveLength(3);
  });

  it('waits at its end for what is being done, and does nothing after it', async () => {
    const work = create();
    work.add('a');
    const job = await waitForJob(1);
    work.add('a');
    let isStopped = false;
    const stopped = work.stop().then(() => (isStopped = true));
    work.add('b');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isStopped).toBe(false);
    job.end();
    await stopped;
    work.add('c');
    expect(jobs.map(({ key }) => key)).toEqual(['a']);
    expect(queue?.depth).toBe(0);
  });

  it('ends at once while it only waits to try again, or to settle', async () => {
    const work = create({ settleMs: 3_600_000, retry: { firstMs: 3_600_000, longestMs: 3_600_000 } });
    work.add('failing');
    work.add('done');
    (await waitForJob(1)).fail();
    (await waitForJob(2)).end();
    await waitFor('the failure to be told', () => errors.length === 1);
    await work.stop();
    expect(jobs).toHaveLength(2);
  });

  it('may be stopped twice', async () => {
    const work = create();
    await expect(Promise.all([work.stop(), work.stop()])).resolves.toEqual([undefined, undefined]);
  });
});
