import { count } from '../../lib/wording/wording.ts';
import { findMoves, type Owners } from '../../groups/balance.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { ToldStep } from '../scenarios/run-scenario.ts';
import { formatGroup } from './format-group.ts';

/** Tells each change of the demonstration once the group is balanced: from how many to how many, and who owns what. */
export function createDemoTeller(): (step: ToldStep) => string[] {
  let before: GroupView | undefined;
  return ({ balanced, balanceMs, outcome, detail, text }) => {
    if (outcome !== 'done' && outcome !== 'pending') return [`${text}: ${detail ?? outcome}`];
    if (balanced === undefined || balanceMs === undefined) return [];
    const { view, generation } = balanced;
    const [from, to] = [before?.members.length ?? view.members.length, view.members.length];
    const moved = before === undefined ? 0 : findMoves(readOwners(before), readOwners(view)).length;
    before = view;
    const seconds = (balanceMs / 1000).toFixed(1);
    const line =
      from === to
        ? count(to, 'consumer')
        : `${String(from)} → ${String(to)} consumers: balanced after ${seconds} s, ${String(moved)} partitions moved, generation ${String(generation.generation)}`;
    return ['', line, ...formatGroup(view)];
  };
}

function readOwners({ partitions }: GroupView): Owners {
  return new Map(partitions.map(({ partition, owner }) => [partition, owner]));
}
