import { describe, expect, it } from '@jest/globals';
import { planMotion, type Positions } from './plan-motion.ts';

const at = (
  cards: Record<string, [x: number, y: number]>,
  chips: Record<string, [card: string, x: number, y: number, isFlying?: boolean]>,
): Positions => ({
  cards: new Map(Object.entries(cards).map(([key, [x, y]]) => [key, { x, y }])),
  chips: new Map(
    Object.entries(chips).map(([key, [card, x, y, isFlying = false]]) => [
      key,
      { card, x, y, isFlying, width: 40, height: 40 },
    ]),
  ),
});

describe('planMotion', () => {
  it('lets a chip fly from the card that held it to the card that holds it', () => {
    const before = at({ a: [0, 0], b: [100, 0] }, { '3': ['a', 10, 10] });
    const after = at({ a: [0, 0], b: [100, 0] }, { '3': ['b', 110, 10] });

    expect(planMotion(before, after)).toEqual({
      flights: [{ key: '3', dx: -100, dy: 0 }],
      chipShifts: [],
      cardShifts: [],
    });
  });

  it('lets a chip that is on its way fly on from where it is', () => {
    const before = at({ b: [100, 0] }, { '3': ['b', 60, 10, true] });
    const after = at({ b: [100, 0] }, { '3': ['b', 110, 10] });

    expect(planMotion(before, after).flights).toEqual([{ key: '3', dx: -50, dy: 0 }]);
  });

  it('moves a card that made room with its chips, and not the chips on their own', () => {
    const before = at({ b: [100, 0] }, { '3': ['b', 110, 10] });
    const after = at({ b: [200, 50] }, { '3': ['b', 210, 60] });

    expect(planMotion(before, after)).toEqual({
      flights: [],
      chipShifts: [],
      cardShifts: [{ key: 'b', dx: -100, dy: -50 }],
    });
  });

  it('moves a chip within its card by what it moved against the card', () => {
    const before = at({ b: [100, 0] }, { '3': ['b', 140, 10] });
    const after = at({ b: [200, 0] }, { '3': ['b', 210, 10] });

    expect(planMotion(before, after).chipShifts).toEqual([{ key: '3', dx: 30, dy: 0 }]);
  });

  it('leaves alone what is new and what stayed', () => {
    const before = at({ a: [0, 0] }, { '1': ['a', 5, 5] });
    const after = at({ a: [0, 0.4], b: [9, 9] }, { '1': ['a', 5, 5.4], '2': ['b', 9, 9] });

    expect(planMotion(before, after)).toEqual({ flights: [], chipShifts: [], cardShifts: [] });
  });
});
