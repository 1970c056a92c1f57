import type { GroupView } from '../../lib/contracts/group.ts';
import type { BrokersView } from '../../kafka/broker-inspector.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import type { ServerRole } from '../../platforms/zookeeper/four-letter-word.ts';
import type { Random } from './random.ts';
import type { BrokerRule, MemberRule, ReplicaRule, Target } from './targets.ts';

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

/**
 * Looks up which replicas a target is now. More than one only for what was paused or stopped; among equals the seed
 * decides.
 *
 * @throws AppError `no-such-target` when the rule fits nothing
 */
export async function chooseTargets(target: Target, facts: TargetFacts, random: Random): Promise<readonly string[]> {
  switch (target.about) {
    case 'name':
      return [target.name];
    case 'impaired':
      return requireSome([...facts.impaired[target.how]], `nothing is ${target.how}`);
    case 'member':
      return pickOne(listMembers(target, await facts.inspectGroup()), target, random);
    case 'broker':
      return pickOne(await listBrokers(target, facts), target, random);
    case 'replica':
      return pickOne(await listReplicas(target, facts), target, random);
  }
}

function pickOne(names: readonly string[], { rule }: { readonly rule: string }, random: Random): readonly string[] {
  return [random.pick(requireSome(names, `none is it now: ${rule}`))];
}

function requireSome(names: readonly string[], otherwise: string): readonly string[] {
  if (names.length === 0) throw new AppError('no-such-target', otherwise);
  return names;
}

function listMembers(target: MemberRule, { members }: GroupView): readonly string[] {
  const shares = members.map(({ partitions }) => partitions.length);
  const select: Readonly<Record<MemberRule['rule'], (owned: readonly number[]) => boolean>> = {
    'owns-most': ({ length }) => length === Math.max(...shares),
    'owns-least': ({ length }) => length === Math.min(...shares),
    idle: ({ length }) => length === 0,
    owner: (owned) => target.rule === 'owner' && owned.includes(target.partition),
  };
  return members.filter(({ partitions }) => select[target.rule](partitions)).map(({ clientId }) => clientId);
}

async function listBrokers(target: BrokerRule, facts: TargetFacts): Promise<readonly string[]> {
  const ordinal = await findOrdinal(target, facts);
  return (await facts.listReplicas('kafka')).filter((broker) => broker.ordinal === ordinal).map(({ name }) => name);
}

async function findOrdinal(target: BrokerRule, facts: TargetFacts): Promise<number | null | undefined> {
  switch (target.rule) {
    case 'leader':
      return (await facts.findLeaders()).get(target.partition);
    case 'coordinator':
      return (await facts.inspectGroup()).coordinator;
    case 'controller':
      return (await facts.inspectBrokers()).brokers.find(({ isController }) => isController)?.brokerId;
  }
}

async function listReplicas(target: ReplicaRule, facts: TargetFacts): Promise<readonly string[]> {
  switch (target.rule) {
    case 'oldest-consumer':
      return (await listByAge(facts)).slice(0, 1).map(({ name }) => name);
    case 'newest-consumer':
      return (await listByAge(facts)).slice(-1).map(({ name }) => name);
    case 'zookeeper-leader':
    case 'zookeeper-follower': {
      const wanted = target.rule === 'zookeeper-leader' ? 'leader' : 'follower';
      const servers = await listReady(facts, 'zookeeper');
      const roles = await Promise.all(servers.map((server) => facts.readServerRole(server)));
      return servers.filter((_, index) => roles[index] === wanted).map(({ name }) => name);
    }
    case 'any':
      return (await listReady(facts, target.workload)).map(({ name }) => name);
  }
}

async function listByAge(facts: TargetFacts): Promise<readonly Replica[]> {
  const ready = await listReady(facts, 'consumer');
  return ready.toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
}

/** In the order of their names, so that the seed decides alike in every run. */
async function listReady(facts: TargetFacts, workload: Workload): Promise<readonly Replica[]> {
  const ready = (await facts.listReplicas(workload)).filter(({ phase }) => phase === 'ready');
  return ready.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
