/**
 * What is worth saying about a group, by rules that look at nothing but facts: each either has something to say or not.
 * The most important comes first, and the last says how the partitions are shared.
 */
import type { GroupMember, GroupPartition } from '../lib/contracts/group.ts';
import type { Explanation } from '../lib/contracts/lab-snapshot.ts';
import { explainGroup } from './explain-group.ts';
import { explainStall, isStalled } from '../kafka/member/explain-stall.ts';
import type { Ghost } from './find-ghost.ts';
import type { GroupReplica } from './group-replica.ts';
import { isSharer, measureGroup, type Balance } from './balance.ts';
import { count, listFirst } from '../lib/wording/wording.ts';

/** A group as the rules look at it. Times are in milliseconds since the epoch, rates in records a second. */
export interface ExplanationFacts {
  readonly now: number;
  readonly groupId: string;
  readonly topic: string;
  readonly state: string;
  readonly assignor: string | null;
  readonly coordinator: number | null;
  /** How long the group has been rebalancing, in milliseconds; 0 when it is not. */
  readonly rebalancingForMs: number;
  /** The longest rebalance timeout of the members of the last generation, in milliseconds. */
  readonly longestTimeoutMs: number;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly (GroupPartition & { readonly producedPerSecond: number })[];
  readonly lag: number;
  readonly producedPerSecond: number;
  readonly consumedPerSecond: number;
  /** Ghosts by member id. */
  readonly ghosts: ReadonlyMap<string, Ghost>;
  readonly replicas: readonly GroupReplica[];
  /** Names of members that were replicas and are none any more: they are about to leave, or ghosts. */
  readonly formerReplicas: ReadonlySet<string>;
  readonly wantedReplicas: number | undefined;
  /** The ledger and its partitions; undefined where there is none, or before it was looked at. @default none */
  readonly ledger?: { readonly topic: string; readonly partitions: ReadonlySet<number> } | undefined;
  /** Where partitions stand still because their log cannot be read on; the reason follows "cannot be read: ". */
  readonly unreadable: readonly { readonly partition: number; readonly offset: number; readonly reason: string }[];
  /** Partitions whose committed offset stands still while records arrive, and for how long, in milliseconds. */
  readonly stuck: readonly { readonly partition: number; readonly forMs: number }[];
  /** Whether the lag of the whole group grows. */
  readonly isFallingBehind: boolean;
}

type Rule = (facts: ExplanationFacts & { readonly balance: Balance }) => Omit<Explanation, 'rule'> | undefined;

/** So many records waiting are worth a word. */
const NOTABLE_LAG = 100;
const HOT_SHARE = 0.8;
/** A partition with less of what arrives is not hot, its owner is slow or away. */
const HOT_ARRIVALS = 0.5;
const STUCK_AFTER_MS = 60_000;
const PARTITIONS_SHOWN = 6;
const REPLICAS_SHOWN = 6;

const RULES: Readonly<Record<string, Rule>> = {
  'stalled-rebalance': ({ groupId, coordinator, rebalancingForMs: forMs, longestTimeoutMs }) =>
    isStalled({ forMs, longestTimeoutMs })
      ? { tone: 'warning', sentence: explainStall({ groupId, coordinator, forMs, longestTimeoutMs }) }
      : undefined,

  'topic-changed': (facts) => {
    const isGone = facts.partitions.length === 0;
    if (!isGone && (facts.state !== 'Stable' || facts.balance.absentCount === 0)) return undefined;
    return { tone: 'warning', sentence: explainGroup(facts, facts.balance) };
  },

  ghost: ({ members, ghosts, now }) => {
    const member = members.find(({ memberId }) => ghosts.has(memberId));
    const ghost = member && ghosts.get(member.memberId);
    if (member === undefined || ghost === undefined) return undefined;
    const isTwice = members.filter(({ clientId }) => clientId === member.clientId).length > 1;
    const expiry =
      ghost.expiresAt === null
        ? 'ends with its session'
        : `expires in ${String(Math.max(0, Math.ceil((ghost.expiresAt - now) / 1000)))} s`;
    return {
      tone: 'warning',
      sentence: isTwice
        ? `two members, one pod: ${member.clientId} was restarted, and the old one ${expiry}`
        : `${member.clientId} is a member without a process (${ghost.reason}), which ${expiry}`,
    };
  },

  'member-down': ({ replicas, members, ghosts }) => {
    const down = replicas.flatMap(({ name, phase }) => {
      if (phase !== 'failed' && phase !== 'stopped' && phase !== 'unready') return [];
      const member = members.find(({ clientId, memberId }) => clientId === name && !ghosts.has(memberId));
      return member !== undefined && member.partitions.length > 0 ? [{ name, phase, member }] : [];
    });
    const [first, ...others] = down;
    if (first === undefined) return undefined;
    const more = others.length > 0 ? `, and ${count(others.length, 'other')} as well` : '';
    const owned = first.member.partitions;
    return {
      tone: 'warning',
      sentence: `${first.name} is ${first.phase}${more}: nobody reads its ${owned.length === 1 ? 'partition' : 'partitions'} ${listFirst(owned, PARTITIONS_SHOWN)} until it is back, or its session has ended`,
    };
  },

  'without-ledger': (facts) => {
    const [first, ...others] = findWithoutLedger(facts);
    if (first === undefined || facts.ledger === undefined) return undefined;
    const { topic: ledger } = facts.ledger;
    return {
      tone: 'warning',
      sentence:
        others.length === 0
          ? `partition ${String(first)} of ${facts.topic} has no partition in ${ledger}: nothing of it is committed until it has one`
          : `partitions ${listFirst([first, ...others], PARTITIONS_SHOWN)} of ${facts.topic} have no partition in ${ledger}: nothing of them is committed until they have`,
    };
  },

  unreadable: ({ topic, unreadable: [first, ...others] }) => {
    if (first === undefined) return undefined;
    const { partition, offset, reason } = first;
    const more = others.length > 0 ? ` (and so it is with ${count(others.length, 'other')})` : '';
    return {
      tone: 'warning',
      sentence: `partition ${String(partition)} of ${topic} waits at offset ${String(offset)}, which cannot be read: ${reason}${more}; it goes on once that batch is gone, and nothing is skipped`,
    };
  },

  'stuck-commits': ({ stuck }) => {
    const long = stuck.filter(({ forMs }) => forMs >= STUCK_AFTER_MS).toSorted((a, b) => b.forMs - a.forMs);
    const [worst] = long;
    if (worst === undefined) return undefined;
    const others = long.length > 1 ? ` (and of ${count(long.length - 1, 'other')})` : '';
    return {
      tone: 'warning',
      sentence: `the committed offset of partition ${String(worst.partition)}${others} has not moved for ${String(Math.round(worst.forMs / 1000))} s while records arrive`,
    };
  },

  'hot-partition': ({ partitions, lag, producedPerSecond }) => {
    if (partitions.length < 2 || lag < NOTABLE_LAG) return undefined;
    const hottest = partitions.reduce((most, partition) => (partition.lag > most.lag ? partition : most));
    const share = hottest.lag / lag;
    if (share < HOT_SHARE || hottest.producedPerSecond <= producedPerSecond * HOT_ARRIVALS) return undefined;
    return {
      tone: 'warning',
      sentence: `partition ${String(hottest.partition)} holds ${String(Math.round(share * 100))} % of the lag: one hot key; more replicas do not help, because a key has one partition`,
    };
  },

  'falling-behind': (facts) => {
    const { isFallingBehind, lag, producedPerSecond, consumedPerSecond, members, partitions } = facts;
    // What waits for its ledger, or cannot be read, waits however many there are.
    if (findWithoutLedger(facts).length > 0 || facts.unreadable.length > 0) return undefined;
    if (!isFallingBehind || lag < NOTABLE_LAG || consumedPerSecond >= producedPerSecond) return undefined;
    const canGrow = members.filter(isSharer).length < partitions.length;
    return {
      tone: 'warning',
      sentence: `${String(Math.round(producedPerSecond))} records a second arrive and the group consumes ${String(Math.round(consumedPerSecond))}: the lag grows; ${canGrow ? `up to ${count(partitions.length, 'replica')} would share the work` : 'all partitions have an owner of their own already, so faster processing or more partitions would help'}`,
    };
  },

  'not-joined': (facts) => {
    const { replicas, members, wantedReplicas } = facts;
    const names = new Set(members.map(({ clientId }) => clientId));
    const waiting = replicas.filter(({ name, phase }) => phase !== 'terminating' && !names.has(name));
    if (waiting.length === 0 || wantedReplicas === 0) return undefined;
    const [first, ...others] = waiting.filter(({ phase }) => phase === 'starting' || phase === 'ready');
    if (first === undefined) {
      return {
        tone: 'note',
        sentence: `not in the group: ${listFirst(
          waiting.map(({ name, phase }) => `${name} (${phase})`),
          REPLICAS_SHOWN,
        )}${explainForeignAssignor(facts)}`,
      };
    }
    const who = others.length === 0 ? `${first.name} is` : `${count(others.length + 1, 'replica')} are`;
    return {
      tone: 'note',
      sentence: `${who} on the way: ${first.phase}, not in the group yet${explainForeignAssignor(facts)}`,
    };
  },

  'foreign-members': ({ members, replicas, formerReplicas, ghosts, wantedReplicas }) => {
    const names = new Set(replicas.map(({ name }) => name));
    const foreign = members.filter(
      ({ clientId, memberId }) => !names.has(clientId) && !formerReplicas.has(clientId) && !ghosts.has(memberId),
    );
    const [first] = foreign;
    // Before the Deployment was asked, nobody is known to be its pod.
    if (first === undefined || (replicas.length === 0 && wantedReplicas !== 0)) return undefined;
    const others = foreign.length > 1 ? ` and ${count(foreign.length - 1, 'other')}` : '';
    return {
      tone: 'note',
      sentence: `${first.clientId}${others} of ${first.host || 'elsewhere'} ${foreign.length > 1 ? 'are members that are no pods' : 'is a member that is no pod'} of the Deployment`,
    };
  },

  shares: (facts) => {
    const { isBalanced, absentCount, spare } = facts.balance;
    if (facts.partitions.length === 0 || (facts.state === 'Stable' && absentCount > 0)) return undefined;
    const isGood = facts.state === 'Stable' && isBalanced && spare === 0;
    return { tone: isGood ? 'good' : 'note', sentence: explainGroup(facts, facts.balance) };
  },
};

/** A group takes nobody who offers none of its members' assignors; whether that is so, only those who wait know. */
function explainForeignAssignor({ state, assignor, members, replicas }: ExplanationFacts): string {
  const names = new Set(replicas.map(({ name }) => name));
  if (state !== 'Stable' || assignor === null || members.some(({ clientId }) => names.has(clientId))) return '';
  return `; its members, none of them a replica, use the assignor ${assignor}: a replica that does not offer it cannot join`;
}

/** Partitions of the topic that the ledger lacks. */
function findWithoutLedger({ partitions, ledger }: ExplanationFacts): readonly number[] {
  if (ledger === undefined) return [];
  return partitions.map(({ partition }) => partition).filter((partition) => !ledger.partitions.has(partition));
}

/** What is worth saying about a group now, most important first. The names of the rules are part of the result. */
export function explain(facts: ExplanationFacts): readonly Explanation[] {
  const measured = { ...facts, balance: measureGroup(facts) };
  return Object.entries(RULES).flatMap(([rule, find]) => {
    const found = find(measured);
    return found === undefined ? [] : [{ rule, ...found }];
  });
}
