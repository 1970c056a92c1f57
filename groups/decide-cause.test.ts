import { describe, expect, it } from '@jest/globals';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import { decideCause, type CauseFacts, type CauseMember } from './decide-cause.ts';
import {
  second,
  tellCreated,
  tellFailed,
  tellFault,
  tellGoing,
  tellPhase,
  tellRemoved,
  tellScaled,
} from './testing/group-fixture.ts';
import { readReplicaHistory } from './replica-history.ts';

/** Members by client id, or by client id, `/` and the number of the membership; all joined long ago. */
function members(...names: readonly string[]): readonly CauseMember[] {
  return names.map((name) => {
    const [clientId = name, number = '1'] = name.split('/');
    return { clientId, memberId: `${clientId}-${number}`, sessionTimeoutMs: 10_000, joinedAt: second(-600) };
  });
}

interface Story {
  readonly before: readonly CauseMember[] | undefined;
  readonly after: readonly CauseMember[];
  readonly events?: readonly PlatformEvent[];
  readonly running?: readonly string[];
  readonly former?: readonly string[];
  readonly partitions?: readonly [before: number | undefined, after: number];
}

function decide({ before, after, events = [], running = [], former, partitions = [6, 6] }: Story) {
  const facts: CauseFacts = {
    before,
    after,
    history: readReplicaHistory(events),
    running: new Set(running),
    former: new Map((former ?? before?.map(({ clientId }) => clientId) ?? []).map((name) => [name, -Infinity])),
    partitionsBefore: partitions[0],
    partitionsAfter: partitions[1],
  };
  return decideCause(facts);
}

const A = 'consumer-7d9f-aaaaa';
const B = 'consumer-7d9f-bbbbb';
const C = 'consumer-7d9f-ccccc';
const D = 'consumer-7d9f-ddddd';
const NEW_A = 'consumer-5c8b-aaaaa';
const NEW_B = 'consumer-5c8b-bbbbb';

describe('decideCause, when the Deployment is scaled', () => {
  it('says so of each generation in which a newcomer joins', () => {
    const events = [tellScaled(0, 1, 4), tellCreated(0.2, B), tellCreated(0.3, C), tellCreated(0.4, D)];
    const expected = { kind: 'scaled', sentence: 'scaled from 1 to 4 replicas' };
    expect(decide({ before: members(A), after: members(A, B), events })).toEqual(expected);
    expect(decide({ before: members(A, B), after: members(A, B, C, D), events })).toEqual(expected);
  });

  it('does so also when the pods are told before the scaling', () => {
    const events = [tellCreated(0, B), tellGoing(0, C), tellScaled(0.5, 2, 3)];
    expect(decide({ before: members(A), after: members(A, B), events }).kind).toBe('scaled');
    const down = [tellGoing(0, B), tellScaled(0.5, 2, 1)];
    expect(decide({ before: members(A, B), after: members(A), events: down })).toEqual({
      kind: 'scaled',
      sentence: 'scaled from 2 to 1 replica',
    });
  });

  it('does so of a member that takes long to drain', () => {
    const events = [tellScaled(0, 3, 2), tellGoing(0.1, C, 'told to end'), tellRemoved(14, C, 'scaled down')];
    expect(decide({ before: members(A, B, C), after: members(A, B), events }).sentence).toBe(
      'scaled from 3 to 2 replicas',
    );
  });

  it('does so of the last member, and of the first of a group that was empty', () => {
    const down = [tellScaled(0, 1, 0), tellGoing(0, A)];
    expect(decide({ before: members(A), after: [], events: down }).sentence).toBe('scaled from 1 to 0 replicas');
    const up = [tellScaled(5, 0, 2), tellCreated(5, B), tellCreated(5, C)];
    expect(decide({ before: [], after: members(B, C), events: up }).sentence).toBe('scaled from 0 to 2 replicas');
  });

  it('tells two scalings shortly after each other apart', () => {
    const events = [tellScaled(0, 1, 2), tellCreated(0.1, B), tellScaled(3, 2, 3), tellCreated(3.1, C)];
    expect(decide({ before: members(A), after: members(A, B), events }).sentence).toBe('scaled from 1 to 2 replicas');
    expect(decide({ before: members(A, B), after: members(A, B, C), events }).sentence).toBe(
      'scaled from 2 to 3 replicas',
    );
  });

  it('does not take a scaling for the cause of what came long after it, or went the other way', () => {
    const late = [tellScaled(0, 3, 2), tellGoing(60, C)];
    expect(decide({ before: members(A, B, C), after: members(A, B), events: late }).kind).toBe('pod-gone');
    const opposite = [tellScaled(0, 3, 4), tellGoing(0.5, C)];
    expect(decide({ before: members(A, B, C), after: members(A, B), events: opposite }).kind).toBe('pod-gone');
  });

  it('does so also where names come again that were members in an earlier life', () => {
    const events = [tellScaled(0, 1, 2), tellCreated(0, B)];
    expect(decide({ before: members(A), after: members(A, `${B}/2`), events, former: [A, B] }).kind).toBe('scaled');
  });

  it('knows a replica that went while it joined', () => {
    const events = [tellScaled(0, 1, 2), tellCreated(0, B), tellScaled(3, 2, 1), tellGoing(3, B)];
    const joinedAt = second(4);
    const before = [...members(A), { clientId: B, memberId: 'b', joinedAt }];
    expect(decide({ before, after: members(A), events }).sentence).toBe('scaled from 2 to 1 replica');
  });
});

describe('decideCause, when the Deployment is rolled', () => {
  // One surges, and the one before it goes when that one is ready; the next surges at the same moment.
  const events = [
    tellCreated(0, NEW_A),
    tellPhase(6, NEW_A, 'starting', 'ready'),
    tellGoing(6, A),
    tellCreated(6.2, NEW_B),
    tellPhase(12, NEW_B, 'starting', 'ready'),
    tellGoing(12, B),
  ];

  it('knows the newcomer by its name, before anybody goes', () => {
    const found = decide({
      before: members(A, B),
      after: members(A, B, NEW_A),
      events: events.slice(0, 1),
      running: [A, B],
    });
    expect(found).toEqual({ kind: 'rolled', sentence: `${NEW_A} takes the place of a replica of another version` });
  });

  it('says who takes whose place', () => {
    const told = events.slice(0, 3);
    expect(decide({ before: members(A, B), after: members(A, B, NEW_A), events: told }).sentence).toBe(
      `${NEW_A} takes the place of ${A}`,
    );
    expect(decide({ before: members(A, B, NEW_A), after: members(B, NEW_A), events: told })).toEqual({
      kind: 'rolled',
      sentence: `${A} was replaced by ${NEW_A}`,
    });
    // The next one is there already when the first has gone.
    expect(
      decide({ before: members(A, B, NEW_A), after: members(B, NEW_A), events: events.slice(0, 5) }).sentence,
    ).toBe(`${A} was replaced by ${NEW_A}`);
    expect(decide({ before: members(B, NEW_A, NEW_B), after: members(NEW_A, NEW_B), events }).sentence).toBe(
      `${B} was replaced by ${NEW_B}`,
    );
    expect(decide({ before: members(B, NEW_A), after: members(B, NEW_A, NEW_B), events }).sentence).toBe(
      `${NEW_B} takes the place of ${B}`,
    );
  });

  it('knows it by the names of the local platform, too', () => {
    const local = [
      tellCreated(0, 'consumer-r2-2'),
      tellPhase(1.5, 'consumer-r2-2', 'starting', 'ready'),
      tellGoing(1.5, 'consumer-1', 'told to end'),
      tellRemoved(4, 'consumer-1', 'rolled'),
    ];
    const both = members('consumer-1', 'consumer-r2-2');
    expect(decide({ before: members('consumer-1'), after: both, events: local })).toEqual({
      kind: 'rolled',
      sentence: 'consumer-r2-2 takes the place of consumer-1',
    });
    expect(decide({ before: both, after: members('consumer-r2-2'), events: local })).toEqual({
      kind: 'rolled',
      sentence: 'consumer-1 was replaced by consumer-r2-2',
    });
  });

  it('knows it when the old ones go first', () => {
    const recreate = [tellGoing(0, A), tellRemoved(3, A), tellCreated(0.5, NEW_A)];
    expect(decide({ before: members(A), after: [], events: recreate }).kind).toBe('rolled');
    expect(decide({ before: [], after: members(NEW_A), events: recreate }).kind).toBe('rolled');
  });
});

describe('decideCause, when a pod goes', () => {
  it('says which pod of the same ReplicaSet takes its place, and the reverse', () => {
    const events = [tellGoing(0, A), tellCreated(0.3, C), tellRemoved(3, A)];
    expect(decide({ before: members(A, B), after: members(B), events })).toEqual({
      kind: 'pod-gone',
      sentence: `${A} was deleted; ${C} takes its place`,
    });
    expect(decide({ before: members(B), after: members(B, C), events })).toEqual({
      kind: 'pod-gone',
      sentence: `${C} takes the place of ${A}, which was deleted`,
    });
  });

  it('gives the reason of the platform', () => {
    const events = [tellRemoved(0, A, 'Evicted'), tellCreated(0.4, C)];
    expect(decide({ before: members(A, B), after: members(B), events }).sentence).toBe(
      `${A} was deleted (Evicted); ${C} takes its place`,
    );
    const later = [tellGoing(0, A), tellRemoved(5, A, 'Preempted')];
    expect(decide({ before: members(A, B), after: members(B), events: later }).sentence).toBe(
      `${A} was deleted (Preempted)`,
    );
  });

  it('knows one that was evicted, from a node that is drained, whatever was scaled before', () => {
    const node = { kind: 'node', node: 'node-1' } as const;
    const events: PlatformEvent[] = [
      tellScaled(-20, 1, 2),
      { ...node, at: second(0), action: 'cordoned' },
      tellGoing(0.1, A, 'EvictionByEvictionAPI'),
      tellCreated(0.2, C),
      tellRemoved(3, A),
      { ...node, at: second(3), action: 'drained' },
    ];
    expect(decide({ before: members(A, B), after: members(B), events })).toEqual({
      kind: 'pod-gone',
      sentence: `${A} was deleted (EvictionByEvictionAPI); ${C} takes its place`,
    });
    expect(decide({ before: members(B), after: members(B, C), events })).toEqual({
      kind: 'pod-gone',
      sentence: `${C} takes the place of ${A}, which was deleted (EvictionByEvictionAPI)`,
    });
  });

  it('says that one was stopped, and that it is back', () => {
    const events = [tellFault(0, 'stop', A), tellPhase(0.1, A, 'ready', 'stopped', 'stopped')];
    expect(decide({ before: members(A, B), after: members(B), events })).toEqual({
      kind: 'pod-gone',
      sentence: `${A} was stopped`,
    });
    const back = [...events, tellFault(20, 'start', A), tellPhase(20, A, 'stopped', 'starting')];
    expect(decide({ before: members(B), after: members(B, A), events: back, former: [A, B] })).toEqual({
      kind: 'restarted',
      sentence: `${A} was stopped and is back`,
    });
  });
});

describe('decideCause, when a process ends without leaving', () => {
  const killed = [
    tellFailed(0, A, 'SIGKILL'),
    tellFault(0.1, 'kill', A),
    tellPhase(0.6, A, 'failed', 'starting'),
    tellPhase(2, A, 'starting', 'ready'),
  ];

  it('says that it was killed, whether it is away, back beside its ghost, or back in its place', () => {
    const of = (before: string[], after: string[]) =>
      decide({ before: members(...before), after: members(...after), events: killed, running: [A, B] });
    expect(of([A, B], [B])).toEqual({
      kind: 'killed',
      sentence: `${A} was killed; the group went on when its session had ended`,
    });
    expect(of([A, B], [A, B, `${A}/2`])).toEqual({
      kind: 'killed',
      sentence: `${A} was killed and is back, while its old membership has yet to end`,
    });
    expect(of([A, `${A}/2`, B], [`${A}/2`, B])).toEqual({
      kind: 'killed',
      sentence: `${A} was killed and is back; the group waited for the end of its old session`,
    });
    expect(of([A, B], [`${A}/2`, B]).kind).toBe('killed');
  });

  it('says so also when its membership had ended before it came back', () => {
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events: killed, former: [A, B] })).toEqual({
      kind: 'killed',
      sentence: `${A} was killed and is back`,
    });
  });

  it('does not take one that was scaled up a minute ago for a newcomer when it comes back', () => {
    const events = [tellScaled(-60, 1, 2), tellCreated(-60, A), ...killed];
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events, former: [A, B] }).kind).toBe('killed');
  });

  it('knows a kill by the fault, whichever is told first', () => {
    const kill = tellFault(4, 'kill', A);
    const end = tellFailed(0, A, 'Error');
    for (const events of [
      [kill, end],
      [end, kill],
    ]) {
      expect(decide({ before: members(A, B), after: members(B), events }).kind).toBe('killed');
    }
    expect(decide({ before: members(A, B), after: members(B), events: [end, tellFault(60, 'kill', B)] }).kind).toBe(
      'restarted',
    );
  });

  it('gives the reason of an end that nobody asked for', () => {
    const events = [tellFailed(0, A, 'OOMKilled'), tellPhase(1, A, 'failed', 'starting')];
    expect(decide({ before: members(A, B), after: members(B), events })).toEqual({
      kind: 'restarted',
      sentence: `the process of ${A} ended (OOMKilled)`,
    });
    expect(decide({ before: members(A, B), after: members(A, B, `${A}/2`), events })).toEqual({
      kind: 'restarted',
      sentence: `${A} was restarted and is back, while its old membership has yet to end`,
    });
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events, former: [A, B] }).sentence).toBe(
      `the process of ${A} ended (OOMKilled), and it is back`,
    );
  });

  it('notices a restart that was too quick for anybody to see its end', () => {
    const events = [tellPhase(0, A, 'ready', 'starting', 'OOMKilled')];
    expect(decide({ before: members(A, B), after: members(B), events }).sentence).toBe(
      `the process of ${A} ended (OOMKilled)`,
    );
  });

  it('does not hold an end of its process before it joined against a member', () => {
    const before = [...members(B), { clientId: A, memberId: 'later', joinedAt: second(3) }];
    expect(decide({ before, after: members(B), events: killed, running: [A, B] })).toEqual({
      kind: 'session-expired',
      sentence: `${A} was silent for longer than its session timeout; it still runs`,
    });
  });

  it('takes a newcomer that failed to start at first for a newcomer', () => {
    const events = [
      tellScaled(0, 1, 2),
      tellCreated(0, B),
      tellFailed(2, B, 'Error'),
      tellPhase(3, B, 'failed', 'starting'),
    ];
    expect(decide({ before: members(A), after: members(A, B), events }).kind).toBe('scaled');
  });
});

describe('decideCause, when a member is silent', () => {
  const paused = [tellFault(0, 'pause', A), tellPhase(0.1, A, 'ready', 'unready', 'paused')];

  it('says that it was paused, and that it joined again', () => {
    expect(decide({ before: members(A, B), after: members(B), events: paused, running: [A, B] })).toEqual({
      kind: 'session-expired',
      sentence: `${A} was paused for longer than its session timeout`,
    });
    const resumed = [...paused, tellFault(30, 'resume', A), tellPhase(31, A, 'unready', 'ready')];
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events: resumed, former: [A, B] })).toEqual({
      kind: 'joined-again',
      sentence: `${A} was paused, lost its membership and joined again`,
    });
    // Resumed between the end of its session and the end of the rebalance that this began.
    expect(decide({ before: members(A, B), after: members(B), events: resumed, running: [A, B] }).sentence).toMatch(
      /paused for longer/,
    );
  });

  it('does not say "paused" of one that was unready for whatever reason', () => {
    const events = [tellPhase(0, A, 'ready', 'unready'), tellPhase(20, A, 'unready', 'ready')];
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events, former: [A, B] }).sentence).toBe(
      `${A} was out of the group and joined again`,
    );
  });

  it('does not take a pause that was shorter than its session for the cause', () => {
    const events = [...paused, tellFault(3, 'resume', A), tellPhase(3.5, A, 'unready', 'ready')];
    expect(decide({ before: members(A, B), after: members(B), events, running: [A, B] }).sentence).toBe(
      `${A} was silent for longer than its session timeout; it still runs`,
    );
  });

  it('does not say "scaled" of one that joins again soon after it was created', () => {
    const events = [tellScaled(-60, 1, 2), tellCreated(-60, A), ...paused, tellFault(30, 'resume', A)];
    expect(decide({ before: members(B), after: members(B, `${A}/2`), events, former: [A, B] }).kind).toBe(
      'joined-again',
    );
  });

  it('says what is seen where nothing was told', () => {
    expect(decide({ before: members(A, B), after: members(`${A}/2`, B), running: [A, B] })).toEqual({
      kind: 'joined-again',
      sentence: `${A} lost its membership and joined again`,
    });
    expect(decide({ before: members(B), after: members(B, `${A}/2`), former: [A, B], running: [A, B] })).toEqual({
      kind: 'joined-again',
      sentence: `${A} was out of the group and joined again`,
    });
    expect(decide({ before: members(A, B), after: members(A, `${A}/2`, B), running: [A, B] })).toEqual({
      kind: 'restarted',
      sentence: `${A} was restarted and is back, while its old membership has yet to end`,
    });
    expect(decide({ before: members(A, `${A}/2`, B), after: members(`${A}/2`, B), running: [A, B] })).toEqual({
      kind: 'restarted',
      sentence: `${A} was restarted; its old membership has ended now`,
    });
  });
});

describe('decideCause, of the whole group', () => {
  it('says that partitions were raised, when the same members share more of them', () => {
    expect(decide({ before: members(A, B), after: members(A, B), partitions: [3, 6] })).toEqual({
      kind: 'partitions-raised',
      sentence: 'partitions were raised from 3 to 6',
    });
    expect(decide({ before: members(A, B), after: members(A, B), partitions: [6, 3] }).kind).toBe('unknown');
    expect(decide({ before: members(A, B), after: members(A, B), partitions: [undefined, 6] }).kind).toBe('unknown');
  });

  it('says that the group began', () => {
    expect(decide({ before: [], after: members(A, B) })).toEqual({
      kind: 'group-started',
      sentence: `the group began with ${A}, ${B}`,
    });
    expect(decide({ before: [], after: members(A), events: [tellCreated(0, A)] }).kind).toBe('group-started');
    expect(decide({ before: [], after: members('a', 'b', 'c', 'd', 'e') }).sentence).toBe(
      'the group began with a, b, c and 2 more',
    );
  });

  it('makes up nothing about what it has not seen', () => {
    expect(decide({ before: undefined, after: members(A) }).sentence).toBe('the first generation that is known');
    expect(decide({ before: members(A, B), after: members(A) })).toEqual({
      kind: 'unknown',
      sentence: `${B} left; why is not known`,
    });
    expect(decide({ before: members(A, B), after: members(A, C) }).sentence).toBe(
      `${C} joined and ${B} left; why is not known`,
    );
    expect(decide({ before: members(A), after: members(A, B), events: [tellCreated(0, B)] })).toEqual({
      kind: 'unknown',
      sentence: `${B} was started; why is not known`,
    });
    expect(decide({ before: members(A), after: members(A) }).kind).toBe('unknown');
  });

  it('makes up nothing about clients that are no replicas', () => {
    const running = [A];
    expect(decide({ before: members(A), after: members(A, 'tool'), running }).kind).toBe('unknown');
    expect(decide({ before: members(A, 'tool'), after: members(A), running })).toEqual({
      kind: 'unknown',
      sentence: 'tool left; why is not known',
    });
    // Two of them with one name.
    expect(decide({ before: members(A, 'tool'), after: members(A, 'tool', 'tool/2'), running })).toEqual({
      kind: 'unknown',
      sentence: 'tool joined; why is not known',
    });
    expect(decide({ before: members(A, 'tool', 'tool/2'), after: members(A, 'tool'), running }).kind).toBe('unknown');
  });

  it('puts what nobody wanted before what somebody asked for', () => {
    const events = [tellScaled(0, 2, 3), tellCreated(0, C), tellFailed(0.5, A, 'SIGKILL'), tellFault(0.6, 'kill', A)];
    expect(decide({ before: members(A, B), after: members(B, C), events }).kind).toBe('killed');
    const both = [tellScaled(0, 3, 2), tellGoing(0, C), tellFailed(1, A, 'OOMKilled')];
    expect(decide({ before: members(A, B, C), after: members(B), events: both }).kind).toBe('restarted');
    const expired = [tellScaled(0, 3, 2), tellGoing(0, C), tellFault(-20, 'pause', A)];
    expect(decide({ before: members(A, B, C), after: members(B), events: expired }).kind).toBe('session-expired');
  });

  it('looks through many events of many members once', () => {
    const many = Array.from({ length: 200 }, (_, index) => `consumer-7d9f-${String(index)}`);
    let reads = 0;
    const events = many
      .flatMap((name) => [tellCreated(-60, name), tellGoing(0, name)])
      .map(
        (event) =>
          new Proxy(event, {
            get: (target, key) => {
              reads += 1;
              return Reflect.get(target, key) as unknown;
            },
          }),
      );
    decide({ before: members(...many), after: [], events });
    expect(reads).toBeLessThan(events.length * 20);
  });
});
