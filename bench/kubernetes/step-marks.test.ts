import { describe, expect, it } from '@jest/globals';
import type { LogMark, LogMarkKind } from './log-marks.ts';
import { DOWN_PARTS, findDownMarks, findUpMarks, measurePart, UP_PARTS, type StepSeen } from './step-marks.ts';

function lines(...rows: readonly (readonly [number, string, LogMarkKind])[]): LogMark[] {
  return rows.map(([at, replica, kind]) => ({ at, replica, kind }));
}

const UP: StepSeen = {
  calledAt: 1000,
  assignedAt: 3300,
  balancedAt: 4000,
  before: ['a'],
  after: ['a', 'b'],
  sightings: [
    { replica: 'a', seenAt: 10, readyAt: 20 },
    { replica: 'b', seenAt: 1030, scheduledAt: 1040, runningAt: 2900, readyAt: 3900 },
  ],
  lines: lines(
    [2500, 'b', 'serves'],
    [3310, 'b', 'assigned'],
    [3400, 'b', 'processed'],
    [3305, 'a', 'assigned'],
    [900, 'a', 'processed'],
  ),
};

const DOWN: StepSeen = {
  calledAt: 5000,
  assignedAt: 5600,
  balancedAt: 5700,
  before: ['a', 'b', 'c'],
  after: ['a', 'b'],
  sightings: [{ replica: 'c', seenAt: 1, terminatingAt: 5020, removedAt: 8000 }],
  // Earlier assignments and those of the leaver are none of this step.
  lines: lines(
    [3310, 'a', 'assigned'],
    [5050, 'c', 'ends'],
    [5080, 'c', 'released'],
    [5610, 'a', 'assigned'],
    [5630, 'b', 'assigned'],
  ),
};

describe('steps up', () => {
  it('are told by the newcomer, part by part', () => {
    const marks = findUpMarks(UP);
    const parts = UP_PARTS.map(({ words, from, to }) => [words, measurePart(marks, from, to)]);
    expect(parts).toEqual([
      ['API call → pod seen', 30],
      ['pod seen → seen scheduled', 10],
      ['seen scheduled → process serves', 1460],
      ['process serves → joined', 810],
      ['joined → first record processed', 90],
      ['beside: seen scheduled → container seen running', 1860],
      ['beside: process serves → pod seen ready', 1400],
    ]);
    expect(measurePart(marks, 'called', 'assigned')).toBe(2300);
  });

  it('have no number for what was not seen', () => {
    const marks = findUpMarks({ ...UP, lines: [], sightings: [] });
    expect(UP_PARTS.map(({ from, to }) => measurePart(marks, from, to))).toEqual(UP_PARTS.map(() => NaN));
    expect(measurePart(marks, 'called', 'balanced')).toBe(3000);
  });
});

describe('steps down', () => {
  it('are told by the leaver, and by the last of the others', () => {
    const marks = findDownMarks(DOWN);
    expect(DOWN_PARTS.map(({ from, to }) => measurePart(marks, from, to))).toEqual([20, 30, 30, 550, 2950]);
  });

  it('are not over while one of the others has no assignment', () => {
    const early = { ...DOWN, lines: DOWN.lines.filter(({ replica }) => replica !== 'b') };
    expect(findDownMarks(early).reassigned).toBeUndefined();
  });
});
