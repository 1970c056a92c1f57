import type { AcceptedCommit, Generation, GenerationMember, History } from '../checks/history.ts';
import type { Random } from '../scenarios/random.ts';
import { pickOne, replace, type Mutation } from './mutation.ts';

/** What can be untrue of commits, owners and steps. */
export const GROUP_MUTATIONS: readonly Mutation[] = [
  { name: 'a position was committed before there was a receipt', doctor: commitEarly },
  { name: 'a position went back', doctor: commitBack },
  {
    name: 'the last positions were never committed',
    doctor: (history, random) => {
      const one = pickOne(
        history.committed.filter(({ partition, committedOffset }) =>
          history.log.some((record) => record.partition === partition && record.offset === (committedOffset ?? 0) - 1),
        ),
        random,
      );
      if (one?.committedOffset == null) return undefined;
      const committed = replace(history.committed, one, { ...one, committedOffset: one.committedOffset - 1 });
      return { ...history, committed, leftRecords: 1 };
    },
  },
  {
    name: 'a position is beyond the end of the log',
    doctor: (history, random) => {
      const one = pickOne(history.committed, random);
      if (!one) return undefined;
      const committedOffset = (one.committedOffset ?? 0) + 1000;
      return { ...history, committed: replace(history.committed, one, { ...one, committedOffset }) };
    },
  },
  {
    name: 'the committed offsets were not read',
    doctor: (history) => ({ ...history, committed: [] }),
  },
  changeMember('a partition has two owners in a generation', (member, generation) => {
    const other = generation.members.find((each) => each !== member && each.partitions.length > 0);
    return other && { ...member, partitions: [...member.partitions, other.partitions[0] ?? 0] };
  }),
  changeMember('a member owns a partition that does not exist', (member, _, history) => ({
    ...member,
    partitions: [...member.partitions, history.partitions],
  })),
  { name: 'two members have worked on each other’s partitions', doctor: swapOwners },
  {
    name: 'a generation in which there was work is missing, and the reader says so',
    doctor: (history, random) => {
      const generation = pickOne(history.generations, random);
      if (!generation) return undefined;
      return { ...history, generations: replace(history.generations, generation), groupReading: 'cut' };
    },
  },
  {
    name: 'the history of the group was not read',
    doctor: (history) => ({ ...history, generations: [], commits: [], groupReading: 'unread' }),
  },
  {
    name: 'one member has more than its share when the group is balanced',
    doctor: (history, random) => {
      const snapshot = pickOne(
        history.assignments.filter(
          ({ members }) => members.filter(({ partitions }) => partitions.length > 1).length > 1,
        ),
        random,
      );
      if (!snapshot) return undefined;
      const [first, second, ...rest] = snapshot.members.toSorted((a, b) => b.partitions.length - a.partitions.length);
      if (!first || !second) return undefined;
      const members = [
        { ...first, partitions: [...first.partitions, ...second.partitions] },
        { ...second, partitions: [] },
        ...rest,
      ];
      return { ...history, assignments: replace(history.assignments, snapshot, { ...snapshot, members }) };
    },
  },
  {
    name: 'a partition has no owner when the group is balanced',
    doctor: (history, random) => {
      const snapshot = pickOne(history.assignments, random);
      const owner = snapshot?.members.find(({ partitions }) => partitions.length > 0);
      if (!snapshot || !owner) return undefined;
      const members = replace(snapshot.members, owner, { ...owner, partitions: owner.partitions.slice(1) });
      return { ...history, assignments: replace(history.assignments, snapshot, { ...snapshot, members }) };
    },
  },
  {
    name: 'a step was not done',
    doctor: (history, random) => {
      const step = pickOne(history.steps, random);
      return (
        step && { ...history, steps: replace(history.steps, step, { ...step, outcome: 'failed', detail: 'late' }) }
      );
    },
  },
  {
    name: 'the verifier ended within a step',
    doctor: (history) => {
      const step = history.steps.at(-1);
      if (!step) return undefined;
      return { ...history, steps: replace(history.steps, step, { ...step, outcome: 'pending', endedAt: null }) };
    },
  },
  {
    name: 'a copy is not in sync at the end',
    doctor: (history) =>
      history.replication && { ...history, replication: { ...history.replication, underReplicated: 1 } },
  },
  {
    name: 'a broker is not there at the end',
    doctor: (history) => history.replication && { ...history, replication: { ...history.replication, brokers: 2 } },
  },
];

/** Early by what was processed since: a crash in that time would have lost it. */
function commitEarly(history: History, random: Random): History | undefined {
  const samples = history.commitSamples ?? [];
  const places = samples.flatMap((sample) =>
    sample.partitions.flatMap((place) => {
      const later = history.receipts.find(
        (receipt) => receipt.partition === place.partition && receipt.ledgerOffset >= place.ledgerEnd,
      );
      const isEarly =
        later !== undefined &&
        history.log.some(({ partition, offset }) => partition === place.partition && offset === later.to) &&
        !history.receipts.some(
          (other) =>
            other.ledgerOffset < place.ledgerEnd && other.partition === place.partition && other.to >= later.to,
        );
      return isEarly ? [{ sample, place, later }] : [];
    }),
  );
  const found = pickOne(places, random);
  if (!found) return undefined;
  const { sample, place, later } = found;
  const partitions = replace(sample.partitions, place, { ...place, committedOffset: later.to + 1 });
  return { ...history, commitSamples: replace(samples, sample, { ...sample, partitions }) };
}

function commitBack(history: History, random: Random): History | undefined {
  const moving = history.commits.filter(({ partition, offset }, index) =>
    history.commits.slice(index + 1).some((later) => later.partition === partition && later.offset > offset),
  );
  const commit = pickOne(moving, random);
  if (!commit || commit.offset === 0) return undefined;
  const back: AcceptedCommit = { ...commit, offset: commit.offset - 1 };
  return { ...history, commits: replace(history.commits, commit, commit, back) };
}

function changeMember(
  name: string,
  change: (member: GenerationMember, generation: Generation, history: History) => GenerationMember | undefined,
): Mutation {
  return {
    name,
    doctor: (history, random) => {
      const generation = pickOne(
        history.generations.filter(
          ({ members }) => members.filter(({ partitions }) => partitions.length > 0).length > 1,
        ),
        random,
      );
      const member =
        generation &&
        pickOne(
          generation.members.filter(({ partitions }) => partitions.length > 0),
          random,
        );
      const changed = member && change(member, generation, history);
      if (!generation || !member || !changed) return undefined;
      const members = replace(generation.members, member, changed);
      return { ...history, generations: replace(history.generations, generation, { ...generation, members }) };
    },
  };
}

/** In a generation in which both accounted for something. */
function swapOwners(history: History, random: Random): History | undefined {
  const generation = pickOne(
    history.generations.filter(({ generation, members }) => {
      const busy = new Set(
        history.receipts.filter((receipt) => receipt.generation === generation).map(({ member }) => member),
      );
      return members.filter(({ member }) => busy.has(member)).length > 1;
    }),
    random,
  );
  const [first, second] = generation?.members.filter(({ partitions }) => partitions.length > 0) ?? [];
  if (!generation || !first || !second) return undefined;
  const members = generation.members.map((member) => {
    if (member === first) return { ...first, partitions: second.partitions };
    return member === second ? { ...second, partitions: first.partitions } : member;
  });
  return { ...history, generations: replace(history.generations, generation, { ...generation, members }) };
}
