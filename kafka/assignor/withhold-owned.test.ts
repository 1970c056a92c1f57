import { describe, expect, it } from '@jest/globals';

import type { JoinedMember } from './joined-member.ts';
import { withholdOwned } from './withhold-owned.ts';

function join(memberId: string, owns: Record<string, number[]> = {}, generation = -1): JoinedMember {
  return { memberId, topics: ['app'], owned: owns, owns, generation };
}

const withhold = (members: readonly JoinedMember[], assignment: Record<string, Record<string, number[]>>): unknown =>
  Object.fromEntries(withholdOwned(members, new Map(Object.entries(assignment))));

describe('withholdOwned', () => {
  it.each([
    {
      title: 'leaves to a member what it owns, and gives what nobody owns',
      members: [join('a', { app: [0] }, 5), join('b')],
      assignment: { a: { app: [0] }, b: { app: [1] } },
      expected: { a: { app: [0] }, b: { app: [1] } },
    },
    {
      title: 'gives nobody what another member still owns, and keeps who gets nothing for it',
      members: [join('a', { app: [0, 1], orders: [0] }, 5), join('b')],
      assignment: { a: { app: [0] }, b: { app: [1], orders: [0] } },
      expected: { a: { app: [0] }, b: {} },
    },
    {
      title: 'lets the later of two claims stand, whoever comes back with an old one',
      members: [join('a', { app: [0] }, 3), join('b', { app: [0] }, 5)],
      assignment: { a: { app: [1] }, b: { app: [0] } },
      expected: { a: { app: [1] }, b: { app: [0] } },
    },
    {
      title: 'lets the later of two claims stand against a third member and against the older one',
      members: [join('b', { app: [0, 1] }, 5), join('a', { app: [0, 1] }, 3), join('c')],
      assignment: { a: { app: [0] }, b: {}, c: { app: [1] } },
      expected: { a: {}, b: {}, c: {} },
    },
    {
      title: 'believes an old claim that nobody disputes: its member may have missed a generation only',
      members: [join('a', { app: [0, 1] }, 4), join('b', { app: [2] }, 5)],
      assignment: { a: { app: [0] }, b: { app: [1, 2] } },
      expected: { a: { app: [0] }, b: { app: [2] } },
    },
    {
      title: 'believes a claim without a generation, as clients that tell none make it',
      members: [join('a', { app: [0, 1] }), join('b', { app: [2] }, 5)],
      assignment: { a: { app: [0] }, b: { app: [1, 2] } },
      expected: { a: { app: [0] }, b: { app: [2] } },
    },
    {
      title: 'gives to nobody what two members own in one generation',
      members: [join('a', { app: [0] }, 5), join('b', { app: [0] }, 5)],
      assignment: { a: { app: [0] }, b: { app: [1] } },
      expected: { a: {}, b: { app: [1] } },
    },
    {
      title: 'keeps apart topics named like parts of an object',
      members: [join('a', Object.fromEntries([['__proto__', [0]]]), 5), join('b')],
      assignment: {
        a: {},
        b: Object.fromEntries([
          ['__proto__', [0, 1]],
          ['constructor', [0]],
        ] as const),
      },
      expected: {
        a: {},
        b: Object.fromEntries([
          ['__proto__', [1]],
          ['constructor', [0]],
        ]),
      },
    },
  ])('$title', ({ members, assignment, expected }) => {
    expect(withhold(members, assignment as Record<string, Record<string, number[]>>)).toEqual(expected);
  });
});
