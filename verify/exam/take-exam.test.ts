import { describe, expect, it } from '@jest/globals';
import { HealthyGroup } from '../testing/healthy-run-fixture.ts';
import { NOW } from '../testing/history-fixture.ts';
import { judge } from '../checks/judge.ts';
import { formatExam, listUntried } from './format-exam.ts';
import { isHole, takeExam } from './take-exam.ts';
import type { Mutation } from './mutation.ts';

/** A group that keeps the contract while its members come and go. */
function playGroup() {
  const group = new HealthyGroup();
  const calm = { turn: 1, open: 0, whileLosing: 0 };
  for (const kind of ['join', 'leave', 'join'] as const) group.play({ kind, ...calm });
  const history = group.finish();
  return { ...history, log: history.log.map((record) => ({ ...record, storedAt: NOW - 1000 })) };
}

const PASSING: Mutation = { name: 'nothing is wrong', doctor: (history) => history };

describe('an exam', () => {
  it('finds no hole in the verdict on a group that keeps the contract', () => {
    const history = playGroup();
    expect(judge(history).verdict).toBe('pass');
    const results = takeExam(history, { trials: 4, seed: 7 });
    expect(results.filter(isHole).map(({ name }) => name)).toEqual([]);
    expect(results.filter(({ trials }) => trials > 0).length).toBeGreaterThan(25);
  });

  it('calls a hole what is untrue and passes, and not what is harmless', () => {
    const history = playGroup();
    const mutations = [PASSING, { ...PASSING, name: 'nothing at all', harmless: 'nothing is wrong' }];
    const results = takeExam(history, { trials: 3, seed: 1, mutations });
    expect(results.map(isHole)).toEqual([true, false]);
    expect(formatExam(results)).toContain('| nothing is wrong | 3 | 0 | 0 | 3 | **a hole** |');
    expect(formatExam(results)).toContain('| nothing at all | 3 | 0 | 0 | 3 | passes: nothing is wrong |');
  });

  it('tells what the run has nothing of', () => {
    const results = takeExam(playGroup(), {
      trials: 3,
      seed: 1,
      mutations: [{ name: 'a poison was left out', doctor: () => undefined }],
    });
    expect(listUntried(results)).toEqual(['a poison was left out']);
    expect(formatExam(results)).not.toContain('poison');
  });
});
