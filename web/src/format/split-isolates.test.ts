import { describe, expect, it } from '@jest/globals';
import { splitIsolates } from './split-isolates.ts';

describe('splitIsolates', () => {
  it('leaves a sentence of one direction whole', () => {
    const sentence = '2 members, 6 partitions: größe-1 is idle 👩‍👩‍👧';
    expect(splitIsolates(sentence)).toEqual([{ text: sentence, isForeign: false }]);
    expect(splitIsolates('')).toEqual([]);
  });

  it('takes names that are written from right to left out of it, and leaves its punctuation in', () => {
    expect(splitIsolates('moved from שלום-1 to مرحبا, 2 more')).toEqual([
      { text: 'moved from ', isForeign: false },
      { text: 'שלום-1', isForeign: true },
      { text: ' to ', isForeign: false },
      { text: 'مرحبا', isForeign: true },
      { text: ', 2 more', isForeign: false },
    ]);
  });

  it('loses nothing', () => {
    const sentence = '(ש) "x-שלום": 1';
    expect(
      splitIsolates(sentence)
        .map(({ text }) => text)
        .join(''),
    ).toBe(sentence);
  });
});
