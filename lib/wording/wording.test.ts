import { describe, expect, it } from '@jest/globals';
import { describeWrong, joinFirst } from './wording.ts';

describe('describeWrong', () => {
  it.each([
    { given: 'x', said: 'PORT is "x"; it must be a number' },
    { given: null, said: 'PORT is null; it must be a number' },
    { given: undefined, said: 'PORT is missing; it must be a number' },
    { given: 'x'.repeat(10_000), said: `PORT is "${'x'.repeat(199)}…; it must be a number` },
  ])('says what was given and why it will not do: $said', ({ given, said }) => {
    expect(describeWrong('PORT', given, 'it must be a number')).toBe(said);
  });
});

describe('joinFirst', () => {
  it('names the first and counts the others', () => {
    expect(joinFirst(['a'], 3)).toBe('a');
    expect(joinFirst(['a', 'b', 'c'], 3)).toBe('a, b and c');
    expect(joinFirst(['a', 'b', 'c', 'd'], 3)).toBe('a, b, c and 1 other');
    expect(joinFirst(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 others');
  });
});
