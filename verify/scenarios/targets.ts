import type { Workload } from '../../lib/contracts/replica.ts';

/** A rule about the group's members. */
export type MemberRule =
  | { readonly rule: 'owns-most' }
  | { readonly rule: 'owns-least' }
  | { readonly rule: 'idle' }
  | { readonly rule: 'owner'; readonly partition: number };

/** A rule about the brokers. */
export type BrokerRule =
  | { readonly rule: 'leader'; readonly partition: number }
  | { readonly rule: 'coordinator' }
  | { readonly rule: 'controller' };

/** A rule about the replicas of a workload that are ready. */
export type ReplicaRule =
  | { readonly rule: 'oldest-consumer' }
  | { readonly rule: 'newest-consumer' }
  | { readonly rule: 'zookeeper-leader' }
  | { readonly rule: 'zookeeper-follower' }
  | { readonly rule: 'any'; readonly workload: Workload };

/** Which replica a step is about: a name, or a rule that is looked up when the step's turn comes. */
export type Target =
  | { readonly about: 'name'; readonly name: string }
  | ({ readonly about: 'member' } & MemberRule)
  | ({ readonly about: 'broker' } & BrokerRule)
  | ({ readonly about: 'replica' } & ReplicaRule)
  /** Everything that an earlier step paused, or stopped, and no step brought back. */
  | { readonly about: 'impaired'; readonly how: 'paused' | 'stopped' };

const PHRASES: readonly (readonly [RegExp, (match: RegExpExecArray) => Target])[] = [
  [/^the (?:consumer|replica) that owns most$/, () => ({ about: 'member', rule: 'owns-most' })],
  [/^the (?:consumer|replica) that owns least$/, () => ({ about: 'member', rule: 'owns-least' })],
  [/^an idle consumer$/, () => ({ about: 'member', rule: 'idle' })],
  [/^the oldest consumer$/, () => ({ about: 'replica', rule: 'oldest-consumer' })],
  [/^the newest consumer$/, () => ({ about: 'replica', rule: 'newest-consumer' })],
  [
    /^the owner of partition (\d{1,4})$/,
    ([, partition]) => ({ about: 'member', rule: 'owner', partition: Number(partition) }),
  ],
  [
    /^the leader of partition (\d{1,4})$/,
    ([, partition]) => ({ about: 'broker', rule: 'leader', partition: Number(partition) }),
  ],
  [/^the group['’]s coordinator$/, () => ({ about: 'broker', rule: 'coordinator' })],
  [/^the controller$/, () => ({ about: 'broker', rule: 'controller' })],
  [/^the ZooKeeper leader$/, () => ({ about: 'replica', rule: 'zookeeper-leader' })],
  [/^a ZooKeeper follower$/, () => ({ about: 'replica', rule: 'zookeeper-follower' })],
  [/^any consumer$/, () => ({ about: 'replica', rule: 'any', workload: 'consumer' })],
  [/^any producer$/, () => ({ about: 'replica', rule: 'any', workload: 'producer' })],
  [/^any broker$/, () => ({ about: 'replica', rule: 'any', workload: 'kafka' })],
  [/^any ZooKeeper server$/, () => ({ about: 'replica', rule: 'any', workload: 'zookeeper' })],
  [/^what was paused$/, () => ({ about: 'impaired', how: 'paused' })],
  [/^what was stopped$/, () => ({ about: 'impaired', how: 'stopped' })],
  [/^([a-z0-9][a-z0-9-]*-[a-z0-9]+)$/, ([, name]) => ({ about: 'name', name: name ?? '' })],
];

/** The phrases that there are, for the sentences of errors. */
export const TARGET_FORM = [
  'the consumer that owns most',
  'the consumer that owns least',
  'an idle consumer',
  'the oldest consumer',
  'the newest consumer',
  'the owner of partition 0',
  'the leader of partition 0',
  'the group’s coordinator',
  'the controller',
  'the ZooKeeper leader',
  'a ZooKeeper follower',
  'any consumer, producer, broker or ZooKeeper server',
  'what was paused',
  'what was stopped',
  'the name of a replica such as kafka-1',
].join('; ');

/** @returns the target, or undefined when the phrase is none. */
export function parseTarget(phrase: string): Target | undefined {
  for (const [pattern, build] of PHRASES) {
    const match = pattern.exec(phrase.trim());
    if (match) return build(match);
  }
  return undefined;
}
