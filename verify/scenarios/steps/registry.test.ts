import { describe, expect, it } from '@jest/globals';
import { FAULT_KINDS } from '../../../lib/contracts/replica.ts';
import { findStepKind, isChange, isHealing, STEP_KINDS } from './registry.ts';

describe('the registry of steps', () => {
  it('has each kind once, and every fault', () => {
    const names = STEP_KINDS.map(({ kind }) => kind);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...FAULT_KINDS]));
  });

  it.each(['load', 'delete-offsets', 'wait-balanced', 'hold', 'poison'])('knows that %s changes nothing', (kind) => {
    expect(isChange(kind)).toBe(false);
  });

  it.each(['scale', 'roll', 'drain', 'uncordon', ...FAULT_KINDS])('knows that %s changes the group', (kind) => {
    expect(isChange(kind)).toBe(true);
  });

  it('takes a step that it does not know for a change, which heals nothing', () => {
    expect(isChange('upgrade')).toBe(true);
    expect(isHealing('upgrade')).toBe(false);
  });

  it('knows which steps bring back what another one impaired', () => {
    expect(['resume', 'start', 'uncordon'].filter((kind) => !isHealing(kind))).toEqual([]);
    expect(['pause', 'stop', 'drain', 'kill', 'scale'].filter(isHealing)).toEqual([]);
  });

  it('finds none by the name of what every object has', () => {
    expect(findStepKind('constructor')).toBeUndefined();
  });
});
