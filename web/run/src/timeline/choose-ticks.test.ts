import { describe, expect, it } from '@jest/globals';
import { chooseTimeTicks, chooseTop } from './choose-ticks.ts';

describe('chooseTimeTicks', () => {
  it.each([
    { name: 'two minutes', view: { from: 0, to: 132_000 }, most: 14, first: 0, step: 10_000, digits: 0 },
    { name: 'half an hour', view: { from: 0, to: 1_800_000 }, most: 14, first: 0, step: 300_000, digits: 0 },
    { name: 'a second', view: { from: 500, to: 1500 }, most: 10, first: 500, step: 100, digits: 1 },
    { name: 'two days', view: { from: 0, to: 172_800_000 }, most: 10, first: 0, step: 18_000_000, digits: 0 },
  ])('marks round times of $name', ({ view, most, first, step, digits }) => {
    const ticks = chooseTimeTicks(view, most);
    expect(ticks.times[0]).toBe(first);
    expect((ticks.times[1] ?? 0) - first).toBe(step);
    expect(ticks.digits).toBe(digits);
  });
});

describe('chooseTop', () => {
  it.each([
    { value: 0, least: 10, top: 10 },
    { value: 11, least: 10, top: 20 },
    { value: 230, least: 10, top: 250 },
    { value: 5000, least: 10, top: 5000 },
  ])('ends the axis of $value at $top', ({ value, least, top }) => {
    expect(chooseTop(value, least)).toBe(top);
  });
});
