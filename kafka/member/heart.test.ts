import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Heart } from './heart.ts';

describe('Heart', () => {
  let beats: number;
  let answers: (() => void)[];
  let heart: Heart;

  beforeEach(() => {
    jest.useFakeTimers();
    beats = 0;
    answers = [];
    heart = new Heart({
      intervalMs: 300,
      beat() {
        beats += 1;
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    heart.start();
  });
  afterEach(() => {
    heart.stop();
    jest.useRealTimers();
  });
  const answer = async (): Promise<void> => {
    answers.splice(0).forEach((resolve) => resolve());
    await jest.advanceTimersByTimeAsync(0);
  };
  const pass = async (ms: number): Promise<void> => {
    await jest.advanceTimersByTimeAsync(ms);
    await answer();
  };

  it('beats at its interval', async () => {
    for (let times = 0; times < 3; times += 1) await pass(300);
    expect(beats).toBe(3);
  });

  it('waits for an answer before it asks again', async () => {
    await jest.advanceTimersByTimeAsync(900);
    heart.noteWork();
    expect(beats).toBe(1);
    await answer();
    await pass(300);
    expect(beats).toBe(2);
  });

  it('beats three times as often at most while there is work, however much', async () => {
    await pass(300);
    for (let ms = 0; ms < 300; ms += 10) {
      heart.noteWork();
      await pass(10);
    }
    // At 100, 200 and, by the timer, 300 ms.
    expect(beats).toBe(4);
  });

  it('beats no more when it has stopped', async () => {
    heart.stop();
    await pass(1000);
    heart.noteWork();
    expect(beats).toBe(0);
  });
});
