/**
 * Which replica a step is about. The table below is all there is of each rule: how it is written, what it means, and how
 * the replicas are found that it fits.
 */
import type { BrokersView } from '../../kafka/broker-inspector.ts';
import type { GroupView } from '../../lib/contracts/group.ts';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { ServerRole } from '../../platforms/zookeeper/four-letter-word.ts';
import type { Random } from './random.ts';

/** Where the facts come from that rules are decided by; each is asked only when its rule needs it. */
export interface TargetFacts {
  listReplicas(workload?: Workload): Promise<readonly Replica[]>;
  inspectGroup(): Promise<GroupView>;
  inspectBrokers(): Promise<BrokersView>;
  /** Ordinal of the leading broker by partition. */
  findLeaders(): Promise<ReadonlyMap<number, number>>;
  readServerRole(server: Replica): Promise<ServerRole | undefined>;
  /** What earlier steps paused or stopped and no step brought back. */
  readonly impaired: { readonly paused: ReadonlySet<string>; readonly stopped: ReadonlySet<string> };
}

/** A rule, which is looked up when the step's turn comes. */
export interface Target {
  readonly rule: TargetRule;
  /** What the rule leaves open: a partition, a kind of replica, a name. */
  readonly which?: string;
}

interface RuleEntry {
  /** Its first group is what the rule leaves open. */
  readonly pattern: RegExp;
  /** How it is written, for the sentences of errors and the docs. */
  readonly form: string;
  /** What it comes to, for the docs. */
  readonly means: string;
  /** Whether all that it fits are meant. @default one of them, which the seed decides */
  readonly isAboutAll?: boolean;
  /** The names of the replicas that it fits now. */
  readonly find: (facts: TargetFacts, which: string) => Promise<readonly string[]>;
}

const ANY: Readonly<Record<string, Workload>> = {
  consumer: 'consumer',
  producer: 'producer',
  broker: 'kafka',
  'ZooKeeper server': 'zookeeper',
};

const RULES = {
  'owns-most': {
    pattern: /^the (?:consumer|replica) that owns most$/,
    form: 'the consumer that owns most',
    means: 'a member of the group with the most partitions',
    find: (facts) => listMembers(facts, ({ length }, shares) => length === Math.max(...shares)),
  },
  'owns-least': {
    pattern: /^the (?:consumer|replica) that owns least$/,
    form: 'the consumer that owns least',
    means: 'a member of the group with the fewest partitions',
    find: (facts) => listMembers(facts, ({ length }, shares) => length === Math.min(...shares)),
  },
  idle: {
    pattern: /^an idle consumer$/,
    form: 'an idle consumer',
    means: 'a member of the group without a partition',
    find: (facts) => listMembers(facts, ({ length }) => length === 0),
  },
  'oldest-consumer': {
    pattern: /^the oldest consumer$/,
    form: 'the oldest consumer',
    means: 'of those that are ready, the one that was started first',
    find: async (facts) => (await listByAge(facts)).slice(0, 1),
  },
  'newest-consumer': {
    pattern: /^the newest consumer$/,
    form: 'the newest consumer',
    means: 'of those that are ready, the one that was started last',
    find: async (facts) => (await listByAge(facts)).slice(-1),
  },
  owner: {
    pattern: /^the owner of partition (\d{1,4})$/,
    form: 'the owner of partition 0',
    means: 'the member of the group that a partition of the topic is assigned to',
    find: (facts, which) => listMembers(facts, (owned) => owned.includes(Number(which))),
  },
  leader: {
    pattern: /^the leader of partition (\d{1,4})$/,
    form: 'the leader of partition 0',
    means: 'the broker that leads a partition of the topic',
    find: async (facts, which) => listBrokers(facts, (await facts.findLeaders()).get(Number(which))),
  },
  coordinator: {
    pattern: /^the group['’]s coordinator$/,
    form: 'the group’s coordinator',
    means: 'the broker that coordinates the group',
    find: async (facts) => listBrokers(facts, (await facts.inspectGroup()).coordinator),
  },
  controller: {
    pattern: /^the controller$/,
    form: 'the controller',
    means: 'the broker that is the controller of the cluster',
    find: async (facts) =>
      listBrokers(facts, (await facts.inspectBrokers()).brokers.find(({ isController }) => isController)?.brokerId),
  },
  'zookeeper-leader': {
    pattern: /^the ZooKeeper leader$/,
    form: 'the ZooKeeper leader',
    means: 'the server that leads the ensemble',
    find: (facts) => listServers(facts, 'leader'),
  },
  'zookeeper-follower': {
    pattern: /^a ZooKeeper follower$/,
    form: 'a ZooKeeper follower',
    means: 'a server that follows the leader of the ensemble',
    find: (facts) => listServers(facts, 'follower'),
  },
  any: {
    pattern: /^any (consumer|producer|broker|ZooKeeper server)$/,
    form: 'any consumer, producer, broker or ZooKeeper server',
    means: 'one of those that are ready',
    find: async (facts, which) => (await listReady(facts, ANY[which])).map(({ name }) => name),
  },
  paused: {
    pattern: /^what was paused$/,
    form: 'what was paused',
    means: 'everything that an earlier step paused, and no step resumed',
    isAboutAll: true,
    find: ({ impaired }) => Promise.resolve([...impaired.paused]),
  },
  stopped: {
    pattern: /^what was stopped$/,
    form: 'what was stopped',
    means: 'everything that an earlier step stopped, and no step started',
    isAboutAll: true,
    find: ({ impaired }) => Promise.resolve([...impaired.stopped]),
  },
  name: {
    pattern: /^([a-z0-9][a-z0-9-]*-[a-z0-9]+)$/,
    form: 'the name of a replica such as kafka-1',
    means: 'that replica',
    isAboutAll: true,
    find: (_facts, which) => Promise.resolve([which]),
  },
} satisfies Readonly<Record<string, RuleEntry>>;

type TargetRule = keyof typeof RULES;

/** Every rule, as the docs and the sentences of errors list them. */
export const TARGETS: readonly Pick<RuleEntry, 'form' | 'means'>[] = Object.values(RULES);

/** The phrases that there are, for the sentences of errors. */
export const TARGET_FORM = TARGETS.map(({ form }) => form).join('; ');

/** @returns the target, or undefined when the phrase is none. */
export function parseTarget(phrase: string): Target | undefined {
  for (const [rule, { pattern }] of Object.entries(RULES) as [TargetRule, RuleEntry][]) {
    const match = pattern.exec(phrase.trim());
    if (match) return { rule, ...(match[1] !== undefined && { which: match[1] }) };
  }
  return undefined;
}

/**
 * Looks up which replicas a target is now. More than one only for what was paused or stopped; among equals the seed
 * decides.
 *
 * @throws AppError `no-such-target` when the rule fits nothing
 */
export async function chooseTargets(
  { rule, which = '' }: Target,
  facts: TargetFacts,
  random: Random,
): Promise<readonly string[]> {
  const { find, isAboutAll = false }: RuleEntry = RULES[rule];
  const names = await find(facts, which);
  if (names.length === 0) {
    throw new AppError('no-such-target', isAboutAll ? `nothing is ${rule}` : `none is it now: ${rule}`);
  }
  return isAboutAll ? names : [random.pick(names)];
}

async function listMembers(
  facts: TargetFacts,
  fits: (owned: readonly number[], shares: readonly number[]) => boolean,
): Promise<readonly string[]> {
  const { members } = await facts.inspectGroup();
  const shares = members.map(({ partitions }) => partitions.length);
  return members.filter(({ partitions }) => fits(partitions, shares)).map(({ clientId }) => clientId);
}

async function listBrokers(facts: TargetFacts, ordinal: number | null | undefined): Promise<readonly string[]> {
  return (await facts.listReplicas('kafka')).filter((broker) => broker.ordinal === ordinal).map(({ name }) => name);
}

async function listServers(facts: TargetFacts, wanted: ServerRole): Promise<readonly string[]> {
  const servers = await listReady(facts, 'zookeeper');
  const roles = await Promise.all(servers.map((server) => facts.readServerRole(server)));
  return servers.filter((_, index) => roles[index] === wanted).map(({ name }) => name);
}

async function listByAge(facts: TargetFacts): Promise<readonly string[]> {
  const ready = await listReady(facts, 'consumer');
  return ready.toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? '')).map(({ name }) => name);
}

/** In the order of their names, so that the seed decides alike in every run. */
async function listReady(facts: TargetFacts, workload: Workload | undefined): Promise<readonly Replica[]> {
  const ready = (await facts.listReplicas(workload)).filter(({ phase }) => phase === 'ready');
  return ready.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
