import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkBalanced } from './balanced.ts';
import { buildHistory } from '../testing/history-fixture.ts';
import type { AssignmentSnapshot, History } from './history.ts';

/** A history of four partitions with one assignment: what each member owned. */
function assign(shares: readonly (readonly number[])[], replicas = shares.length): History {
  const members = shares.map((partitions, index) => {
    const member = `consumer-${String(index)}`;
    return { member, memberId: `${member}-id`, partitions };
  });
  return { ...buildHistory({ partitions: 4 }), assignments: [{ generation: 1, at: 0, replicas, members }] };
}

const balanced = [
  { what: 'one replica with everything', history: assign([[0, 1, 2, 3]]) },
  { what: 'three replicas, one with one more', history: assign([[0, 3], [1], [2]]) },
  { what: 'an idle replica beyond one per partition', history: assign([[0], [1], [2], [3], []]) },
  { what: 'no replicas and no members', history: assign([]) },
];

const unbalanced = [
  { what: 'a partition has no owner', history: assign([[0], [1], [2]]), finding: 'unowned' },
  {
    what: 'a partition has two owners',
    history: assign([
      [0, 1, 2],
      [2, 3],
    ]),
    finding: 'sharedOwners',
  },
  {
    what: 'a member owns a partition twice',
    history: assign([
      [0, 1, 1],
      [2, 3],
    ]),
    finding: 'sharedOwners',
  },
  {
    what: 'a partition is owned that does not exist',
    history: assign([
      [0, 1],
      [2, 3, 4],
    ]),
    finding: 'nonexistent',
  },
  { what: 'shares differ by two', history: assign([[0, 1, 2], [3]]), finding: 'uneven' },
  { what: 'a member is idle though there is work', history: assign([[0, 1], [2, 3], []]), finding: 'idleCount' },
  {
    what: 'a replica has not joined',
    history: assign(
      [
        [0, 1],
        [2, 3],
      ],
      3,
    ),
    finding: 'memberCount',
  },
  {
    what: 'a stopped replica is still a member',
    history: assign(
      [
        [0, 1],
        [2, 3],
      ],
      1,
    ),
    finding: 'memberCount',
  },
  { what: 'the expected idle replica is missing', history: assign([[0], [1], [2], [3]], 5), finding: 'idleCount' },
  {
    what: 'somebody owns a partition of a group without replicas',
    history: assign([[0, 1, 2, 3]], 0),
    finding: 'memberCount',
  },
];

describe('balanced', () => {
  it.each(balanced)('passes $what', ({ history }) => {
    expect(checkBalanced(history).verdict).toBe('pass');
  });

  it.each(unbalanced)('fails when $what', ({ history, finding }) => {
    const result = checkBalanced(history);

    expect(result.verdict).toBe('fail');
    expect(result.evidence).toContainEqual(expect.objectContaining({ finding, assignment: history.assignments[0] }));
  });

  it('measures the largest difference and the most idle members', () => {
    const assignments = [assign([[0, 3], [1], [2]]), assign([[0], [1], [2], [3], [], []])].flatMap(
      (history) => history.assignments,
    );
    expect(checkBalanced({ ...buildHistory({ partitions: 4 }), assignments }).measurements).toMatchObject({
      assignments: 2,
      largestSpreadPartitions: 1,
      mostIdleMembers: 2,
    });
  });

  it('fails for one unbalanced assignment among balanced ones', () => {
    const history = buildHistory({ partitions: 4 });
    const assignments = [...history.assignments, ...assign([[0], [1], [2]]).assignments];
    expect(checkBalanced({ ...history, assignments })).toMatchObject({
      verdict: 'fail',
      summary: '4 assignments of 4 partitions observed: 1 time a partition had no owner.',
    });
  });

  it('passes any even assignment, and fails it once a partition is lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 15 }), (partitions, replicas) => {
        const members = Array.from({ length: replicas }, (_, member) => ({
          member: String(member),
          memberId: String(member),
          partitions: [...Array(partitions).keys()].filter((partition) => partition % replicas === member),
        }));
        const assignment: AssignmentSnapshot = { generation: 1, at: 0, replicas, members };
        const history = { ...buildHistory({ partitions }), assignments: [assignment] };
        const withoutFirst = members.map((member) => ({
          ...member,
          partitions: member.partitions.filter((partition) => partition !== 0),
        }));
        const broken = { ...history, assignments: [{ ...assignment, members: withoutFirst }] };

        expect(checkBalanced(history).verdict).toBe('pass');
        expect(checkBalanced(broken).verdict).toBe('fail');
      }),
    );
  });

  it('does not know when the group was not observed', () => {
    expect(checkBalanced({ ...buildHistory(), assignments: [] }).verdict).toBe('unknown');
  });
});
