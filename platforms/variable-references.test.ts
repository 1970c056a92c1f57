import { describe, expect, it } from '@jest/globals';
import { expandReferences, listReferences } from './variable-references.ts';

describe('references to variables', () => {
  it('are listed once each, and not where they are escaped', () => {
    expect([...listReferences('$(A)-$(B_2)-$(A)-$$(C)-$D-$()')]).toEqual(['A', 'B_2']);
  });

  it('are put in where they are known', () => {
    expect(expandReferences('$(A)-$(B)-$(A)-$$(A)', { A: '1' })).toBe('1-$(B)-1-$$(A)');
  });
});
