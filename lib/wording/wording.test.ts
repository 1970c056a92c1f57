import { describe, expect, it } from '@jest/globals';
import { describeWrong } from './wording.ts';

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
