import { describe, expect, it } from '@jest/globals';
import { collectVariable, parseCount, parsePorts } from './lab-settings.ts';

describe('the lab’s options', () => {
  it('collect variables, values with an equals sign too', () => {
    expect(collectVariable('B=x=y', collectVariable('A_1='))).toEqual({ A_1: '', B: 'x=y' });
    expect(() => collectVariable('lower=1')).toThrow(/it wants NAME=VALUE/);
  });

  it('are refused with what they got and what they want', () => {
    expect(parseCount('--rate', '12', { min: 1, max: 50 })).toBe(12);
    expect(() => parseCount('--rate', '1e9', { min: 1, max: 50 })).toThrow(
      '--rate is "1e9"; it wants a whole number from 1 to 50',
    );
    expect(() => parsePorts('some')).toThrow(/fixed or auto/);
  });
});
