import { describe, expect, it } from '@jest/globals';
import { buildGroup, buildMember, buildPartition, buildPod } from '../testing/group-fixture.ts';
import { layoutBoard, type Card } from './layout-board.ts';

const numbersOf = (cards: readonly Card[]): number[][] =>
  cards.map(({ partitions }) => partitions.map(({ partition }) => partition));

describe('layoutBoard', () => {
  it('orders nodes by zone and name, and pods by the number in their names', () => {
    const group = buildGroup({
      pods: [
        buildPod('consumer-10', { node: 'n2', zone: 'a' }),
        buildPod('consumer-2', { node: 'n2', zone: 'a' }),
        buildPod('consumer-1', { node: 'n1', zone: 'b' }),
      ],
    });

    const { nodes } = layoutBoard(group);

    expect(nodes.map(({ node, cards }) => [node, ...cards.map(({ key }) => key)])).toEqual([
      ['n2', 'pod consumer-2', 'pod consumer-10'],
      ['n1', 'pod consumer-1'],
    ]);
  });

  it('calls no partition unowned whose owner is one of the members that are not listed', () => {
    const partitions = [buildPartition(0, 'somebody'), buildPartition(1, null)];
    const { unowned } = layoutBoard(buildGroup({ partitions, membersLeftOut: 1 }));
    expect(unowned.map(({ partition }) => partition)).toEqual([1]);
  });

  it('shows the old membership of a restarted pod beside the pod, with the partitions it still holds', () => {
    const group = buildGroup({
      pods: [buildPod('consumer-1', { partitions: [] })],
      members: [
        buildMember('consumer-1', { memberId: 'new' }),
        buildMember('consumer-1', {
          memberId: 'old',
          partitions: [1, 0],
          ghost: { reason: 'its container was restarted', expiresAt: null },
        }),
      ],
      partitions: [buildPartition(0, 'consumer-1'), buildPartition(1, 'consumer-1')],
    });

    const { strangers, unowned } = layoutBoard(group);

    expect(strangers.map(({ kind, key }) => [kind, key])).toEqual([['ghost', 'member old']]);
    expect(numbersOf(strangers)).toEqual([[0, 1]]);
    expect(unowned).toEqual([]);
  });

  it('shows a member that is none of the pods as another client', () => {
    const group = buildGroup({ members: [buildMember('kcat', { pod: null }), buildMember('gone', { pod: 'gone' })] });

    expect(layoutBoard(group).strangers.map(({ kind }) => kind)).toEqual(['other', 'other']);
  });

  it('leaves partitions with their last owner while the group rebalances and nobody owns anything', () => {
    const group = buildGroup({
      pods: [buildPod('consumer-1')],
      partitions: [buildPartition(0, 'consumer-1'), buildPartition(1, 'gone')],
    });

    const { nodes, unowned } = layoutBoard(group);

    expect(numbersOf(nodes.flatMap(({ cards }) => cards))).toEqual([[0]]);
    expect(unowned.map(({ partition }) => partition)).toEqual([1]);
  });

  it('puts each partition in one place, and those that nobody holds in the tray', () => {
    const group = buildGroup({
      pods: [buildPod('consumer-1', { partitions: [0, 1] }), buildPod('consumer-2', { partitions: [1] })],
      partitions: [buildPartition(0, 'consumer-1'), buildPartition(1, 'consumer-1'), buildPartition(2, null)],
    });

    const { nodes, unowned } = layoutBoard(group);

    expect(numbersOf(nodes.flatMap(({ cards }) => cards))).toEqual([[0, 1], []]);
    expect(unowned.map(({ partition }) => partition)).toEqual([2]);
  });
});
