import { describe, expect, it } from '@jest/globals';
import { isBehind, isInSync } from './replication.ts';

const WHOLE = { partitionId: 0, topic: 'app', leader: 0, replicas: [0, 1, 2], isr: [0, 1, 2] };

describe('isBehind', () => {
  it.each([
    { what: 'every copy is in sync', isr: [2, 0, 1], expected: false },
    { what: 'a copy is missing', isr: [0, 2], expected: true },
    { what: 'no copy is in sync', isr: [], expected: true },
  ])('is $expected when $what', ({ isr, expected }) => {
    expect(isBehind({ ...WHOLE, isr })).toBe(expected);
  });
});

describe('isInSync', () => {
  it.each([
    { what: 'a broker whose copies are all in sync', partitions: [WHOLE], expected: true },
    { what: 'a broker that holds nothing', partitions: [], expected: true },
    { what: 'a broker that is behind', partitions: [WHOLE, { ...WHOLE, isr: [0, 2] }], expected: false },
    { what: 'a broker while another one is behind', partitions: [{ ...WHOLE, isr: [0, 1] }], expected: true },
    {
      what: 'a broker of a partition without a leader',
      partitions: [{ ...WHOLE, leader: -1, isr: [0] }],
      expected: true,
    },
    {
      what: 'a broker that is behind while another partition has no leader',
      partitions: [
        { ...WHOLE, leader: -1, isr: [0] },
        { ...WHOLE, isr: [0] },
      ],
      expected: false,
    },
  ])('is $expected for $what', ({ partitions, expected }) => {
    expect(isInSync({ brokers: [0, 1, 2], partitions }, 1)).toBe(expected);
  });

  it('is false for a broker that the others do not know yet', () => {
    expect(isInSync({ brokers: [0, 2], partitions: [] }, 1)).toBe(false);
  });
});
