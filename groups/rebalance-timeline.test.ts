import { describe, expect, it } from '@jest/globals';
import {
  buildGeneration,
  second,
  tellCreated,
  tellFailed,
  tellFault,
  tellGoing,
  tellScaled,
} from './testing/group-fixture.ts';
import { createRebalanceTimeline, type RebalanceTimelineOptions, type Surroundings } from './rebalance-timeline.ts';

const NOTHING: Surroundings = { events: [], running: new Set() };

const THREE = { 'consumer-1': [0], 'consumer-2': [1], 'consumer-3': [2] };
const TWO = { 'consumer-1': [0, 2], 'consumer-2': [1] };

function createTimeline(options: Partial<RebalanceTimelineOptions> = {}) {
  return createRebalanceTimeline({ topic: 'app', ...options });
}

describe('RebalanceTimeline', () => {
  it('tells what moved, newest first', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(7, 0, TWO), NOTHING);
    timeline.take(buildGeneration(8, 60, THREE), NOTHING);
    expect(timeline.list().map(({ generation }) => generation)).toEqual([8, 7]);
    expect(timeline.list()[0]).toMatchObject({
      generation: 8,
      at: second(60),
      membersBefore: 2,
      membersAfter: 3,
      moves: [{ partition: 2, from: 'consumer-1', to: 'consumer-3' }],
      pauses: [],
      longestPauseMs: null,
    });
    expect([...timeline.movedAt]).toEqual([[2, second(60)]]);
    expect(timeline.latest?.generation).toBe(8);
  });

  it('does not say that partitions moved when nobody knows what was before', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(7, 0, TWO), NOTHING);
    expect(timeline.list()[0]).toMatchObject({ moves: [], cause: { kind: 'unknown' } });
    expect(timeline.movedAt.size).toBe(0);
  });

  it('knows that there was nobody before the first generation of all', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, 0, { 'consumer-1': [0, 1] }), NOTHING);
    expect(timeline.list()[0]).toMatchObject({
      cause: { kind: 'group-started', sentence: 'the group began with consumer-1' },
      membersBefore: 0,
      moves: [
        { partition: 0, from: null, to: 'consumer-1' },
        { partition: 1, from: null, to: 'consumer-1' },
      ],
    });
  });

  it('tells of partitions that nobody has any more, and takes none of other topics', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, 0, { 'consumer-1': [0] }), NOTHING);
    const { members } = buildGeneration(2, 5, { 'consumer-1': [] });
    const others = {
      generation: 2,
      assignor: 'sticky',
      at: second(5),
      members: members.map((member) => ({ ...member, partitions: { other: [0, 1] } })),
    };
    timeline.take(others, NOTHING);
    expect(timeline.list()[0]?.moves).toEqual([{ partition: 0, from: 'consumer-1', to: null }]);
  });

  it('gives what completes a rebalance its cause, also when that is told late', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(7, -60, { 'consumer-1': [0, 1, 2] }), NOTHING);
    timeline.takeSharedOut(3);
    timeline.take(buildGeneration(8, 3, { 'consumer-1': [0], 'consumer-2': [] }), NOTHING);
    timeline.take(buildGeneration(9, 4, { 'consumer-1': [0], 'consumer-2': [1] }), NOTHING);
    timeline.take(buildGeneration(10, 5, { 'consumer-1': [0], 'consumer-2': [1, 2] }), NOTHING);
    expect(timeline.list().map(({ completes }) => completes)).toEqual([8, 8, null, null]);
    const readCauses = () => timeline.list().map(({ cause }) => cause);
    expect(readCauses().map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    const events = [tellScaled(0, 1, 2), tellCreated(0, 'consumer-2')];
    timeline.review(second(-5), { events, running: new Set() });
    const completing = 'scaled from 1 to 2 replicas; what was given up for it has an owner again';
    expect(readCauses().slice(0, 3)).toEqual([
      { kind: 'scaled', sentence: completing },
      { kind: 'scaled', sentence: completing },
      { kind: 'scaled', sentence: 'scaled from 1 to 2 replicas' },
    ]);
    timeline.take(buildGeneration(11, 9, { 'consumer-1': [0, 1], 'consumer-2': [2] }), NOTHING);
    expect(readCauses()[0]?.sentence).toBe('the same members shared the partitions out again; why is not known');
  });

  it('takes partitions that were added for a reason of their own', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(7, -60, { 'consumer-1': [0, 1, 2] }), NOTHING);
    timeline.takeSharedOut(3);
    timeline.take(buildGeneration(8, 3, { 'consumer-1': [0, 1, 2, 3] }), NOTHING);
    expect(timeline.list()[0]).toMatchObject({ completes: null, cause: { kind: 'partitions-raised' } });
  });

  it('tells of static members that came back under their id, which is no rebalance', () => {
    const timeline = createTimeline();
    const build = (at: number, ids: Readonly<Record<string, string>>) => {
      const generation = buildGeneration(7, at, TWO);
      const members = generation.members.map((member) => {
        const [groupInstanceId = '', memberId] = (ids[member.clientId] ?? '').split(' ');
        return { ...member, ...(memberId !== undefined && { groupInstanceId, memberId }) };
      });
      return { ...generation, members };
    };
    timeline.take(build(0, { 'consumer-1': 'one m1', 'consumer-2': 'two m2' }), NOTHING);
    timeline.take(build(5, { 'consumer-1': 'one m3', 'consumer-2': 'two m2' }), NOTHING);
    timeline.take(build(5, { 'consumer-1': 'one m3', 'consumer-2': 'two m2' }), NOTHING);
    timeline.take(build(9, { 'consumer-1': 'one m3', 'consumer-2': 'two m4' }), NOTHING);
    expect(timeline.listReturns()).toEqual([
      { generation: 7, at: second(9), clientId: 'consumer-2', groupInstanceId: 'two' },
      { generation: 7, at: second(5), clientId: 'consumer-1', groupInstanceId: 'one' },
    ]);
    expect(timeline.list()).toHaveLength(1);
  });

  it('keeps the newest of any number', () => {
    const timeline = createTimeline({ keep: 5 });
    for (let generation = 1; generation <= 1000; generation += 1) {
      timeline.take(buildGeneration(generation, generation, { [`consumer-${String(generation)}`]: [0, 1] }), NOTHING);
    }
    expect(timeline.list().map(({ generation }) => generation)).toEqual([1000, 999, 998, 997, 996]);
    expect(timeline.movedAt.size).toBe(2);
  });

  it('takes what is read again for what it knows', () => {
    const timeline = createTimeline();
    const generations = [buildGeneration(1, 0, TWO), buildGeneration(2, 60, THREE), buildGeneration(3, 120, TWO)];
    for (let time = 0; time < 3; time += 1) for (const one of generations) timeline.take(one, NOTHING);
    expect(timeline.list().map(({ generation }) => generation)).toEqual([3, 2, 1]);
  });

  it.each([
    { title: 'long ago', secondsApart: 60 },
    { title: 'just now', secondsApart: 1 },
  ])('takes what was $title and is read again for known, although it keeps it no more', ({ secondsApart }) => {
    const timeline = createTimeline({ keep: 1 });
    const generations = [1, 2, 3, 4].map((one) => buildGeneration(one, one * secondsApart, one % 2 ? TWO : THREE));
    for (const one of [...generations, ...generations.slice(0, -1)]) timeline.take(one, NOTHING);
    expect(timeline.list()[0]).toMatchObject({ generation: 4, membersBefore: 2, membersAfter: 3 });
    expect(timeline.movedAt.get(0)).toBe(second(secondsApart));
  });

  it('takes old generations of a group that was made again for known, too', () => {
    const timeline = createTimeline({ keep: 1 });
    const generations = [
      buildGeneration(7, 0, TWO),
      buildGeneration(8, 60, THREE),
      buildGeneration(1, 600, { 'consumer-9': [0, 1, 2] }),
    ];
    for (const one of [...generations, ...generations.slice(0, -1)]) timeline.take(one, NOTHING);
    expect(timeline.latest?.generation).toBe(1);
    expect([...timeline.movedAt.values()]).toEqual([second(600), second(600), second(600)]);
  });

  it('takes a generation that is written again for the same', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, 0, TWO), NOTHING);
    timeline.take(buildGeneration(1, 30, TWO), NOTHING);
    expect(timeline.list()).toHaveLength(1);
    timeline.take(buildGeneration(2, 60, THREE), NOTHING);
    expect(timeline.list()).toHaveLength(2);
  });

  it('goes on with a group that was deleted and made again, also when all of it is read again', () => {
    const timeline = createTimeline();
    const generations = [
      buildGeneration(6, 0, TWO),
      buildGeneration(7, 60, THREE),
      buildGeneration(8, 120, {}),
      buildGeneration(1, 600, { 'consumer-9': [0, 1, 2] }),
      buildGeneration(2, 660, { 'consumer-8': [0, 1, 2] }),
    ];
    for (let time = 0; time < 2; time += 1) for (const one of generations) timeline.take(one, NOTHING);
    expect(timeline.list().map(({ generation }) => generation)).toEqual([2, 1, 8, 7, 6]);
    expect(timeline.list()[1]?.cause.kind).toBe('group-started');
    expect(timeline.latest?.generation).toBe(2);
  });

  it('bears with a coordinator whose clock is behind that of the one before', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, 10, TWO), NOTHING);
    timeline.take(buildGeneration(2, 8, THREE), NOTHING);
    expect(timeline.list().map(({ generation }) => generation)).toEqual([2, 1]);
  });
});

describe('RebalanceTimeline, on pauses', () => {
  it('adds them to their generation, each partition once, and knows the longest', () => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, 0, TWO), NOTHING);
    timeline.take(buildGeneration(2, 60, THREE), NOTHING);
    timeline.takePause({ generation: 2, partition: 2, pauseMs: 800 });
    timeline.takePause({ generation: 2, partition: 0, pauseMs: 300 });
    timeline.takePause({ generation: 2, partition: 2, pauseMs: 700 });
    timeline.takePause({ generation: 99, partition: 2, pauseMs: 1 });
    expect(timeline.list()[0]).toMatchObject({
      pauses: [
        { partition: 0, pauseMs: 300 },
        { partition: 2, pauseMs: 700 },
      ],
      longestPauseMs: 700,
    });
    expect(timeline.list()[1]?.pauses).toEqual([]);
  });

  it('adds them to the newer of two generations of one number', () => {
    const timeline = createTimeline();
    for (const one of [buildGeneration(2, 0, TWO), buildGeneration(1, 600, THREE), buildGeneration(2, 660, TWO)]) {
      timeline.take(one, NOTHING);
    }
    timeline.takePause({ generation: 2, partition: 2, pauseMs: 800 });
    expect(timeline.list().map(({ longestPauseMs }) => longestPauseMs)).toEqual([800, null, null]);
  });
});

describe('RebalanceTimeline, on what the platform tells', () => {
  const started = (around = NOTHING) => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, -100, TWO), NOTHING);
    timeline.take(buildGeneration(2, 0, THREE), around);
    return timeline;
  };
  const kindOf = (timeline: ReturnType<typeof createTimeline>) => timeline.list()[0]?.cause.kind;

  it('decides by what was told before', () => {
    const events = [tellScaled(-5, 2, 3), tellCreated(-5, 'consumer-3')];
    expect(kindOf(started({ ...NOTHING, events }))).toBe('scaled');
  });

  it('decides again when it is told late', () => {
    const timeline = started();
    expect(kindOf(timeline)).toBe('unknown');
    const events = [tellScaled(1, 2, 3), tellCreated(1, 'consumer-3')];
    timeline.review(second(5), { ...NOTHING, events });
    expect(kindOf(timeline)).toBe('unknown');
    timeline.review(second(-10), { ...NOTHING, events });
    expect(kindOf(timeline)).toBe('scaled');
  });

  it.each([
    {
      title: 'a silence, when the pod turns out to go',
      guess: { events: [], running: new Set(['consumer-1', 'consumer-2', 'consumer-3']) },
      kind: 'session-expired',
      told: [tellScaled(0.2, 3, 2), tellGoing(0.5, 'consumer-3')],
      really: 'scaled',
    },
    {
      title: 'a process that ended by itself, when it turns out to have been killed',
      guess: { events: [tellFailed(-1, 'consumer-3', 'Error')], running: new Set<string>() },
      kind: 'restarted',
      told: [tellFailed(-1, 'consumer-3', 'Error'), tellFault(1, 'kill', 'consumer-3')],
      really: 'killed',
    },
    {
      title: 'a pod that was deleted, when a scaling turns out to have done it',
      guess: { events: [tellGoing(-1, 'consumer-3')], running: new Set<string>() },
      kind: 'pod-gone',
      told: [tellGoing(-1, 'consumer-3'), tellScaled(0.5, 3, 2)],
      really: 'scaled',
    },
  ])('corrects $title', ({ guess, kind, told, really }) => {
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, -100, THREE), NOTHING);
    timeline.take(buildGeneration(2, 0, TWO), guess);
    expect(kindOf(timeline)).toBe(kind);
    timeline.review(second(-15), { events: told, running: new Set() });
    expect(kindOf(timeline)).toBe(really);
  });

  it('does not blame what came much later, nor forgets what it knew', () => {
    const events = [tellFailed(-1, 'consumer-3', 'OOMKilled')];
    const timeline = createTimeline();
    timeline.take(buildGeneration(1, -100, THREE), NOTHING);
    timeline.take(buildGeneration(2, 0, TWO), { ...NOTHING, events });
    const later = [...events, tellScaled(10, 3, 2), tellGoing(10, 'consumer-3')];
    timeline.review(second(-5), { ...NOTHING, events: later });
    expect(kindOf(timeline)).toBe('restarted');
    timeline.review(second(-5), NOTHING);
    expect(kindOf(timeline)).toBe('restarted');
  });

  it('knows that a member joined after its process was killed', () => {
    const events = [tellFailed(-20, 'consumer-3', 'SIGKILL'), tellFault(-20, 'kill', 'consumer-3')];
    const around = { events, running: new Set(['consumer-3']) };
    const timeline = createTimeline();
    timeline.take(buildGeneration(5, -100, THREE), NOTHING);
    timeline.take(buildGeneration(6, -10, TWO), around);
    timeline.take(buildGeneration(7, 0, { ...TWO, 'consumer-3/again': [] }), around);
    timeline.take(buildGeneration(8, 60, TWO), around);
    expect(timeline.list().map(({ cause }) => cause.kind)).toEqual(['session-expired', 'killed', 'killed', 'unknown']);
  });

  it('claims no old scaling, kill or silence for a client that crashes and joins again each second', () => {
    const timeline = createTimeline();
    const events = [tellScaled(0, 1, 2), tellCreated(0.1, 'consumer-2'), tellFault(1, 'kill', 'consumer-1')];
    const around = { events, running: new Set(['consumer-1', 'consumer-2']) };
    timeline.take(buildGeneration(1, -60, { 'consumer-1': [0, 1] }), around);
    timeline.take(buildGeneration(2, 12, { 'consumer-1/again': [0], 'consumer-2': [1] }), around);
    for (let generation = 3; generation <= 160; generation += 2) {
      const seconds = 12 + generation / 2;
      timeline.take(buildGeneration(generation, seconds, { 'consumer-1/again': [0, 1] }), around);
      const back = { 'consumer-1/again': [0], [`consumer-2/m${String(generation)}`]: [1] };
      timeline.take(buildGeneration(generation + 1, seconds + 0.5, back), around);
    }
    timeline.review(second(0), around);
    const causes = timeline.list().map(({ cause }) => cause.sentence);
    expect(new Set(causes.slice(0, -1))).toEqual(
      new Set([
        'consumer-2 left the group and still runs; why is not known',
        'consumer-2 was out of the group and joined again',
      ]),
    );
  });

  it('does not blame the end of an earlier life of the same name', () => {
    const timeline = createTimeline();
    const events = [
      tellScaled(-20, 2, 1),
      tellGoing(-20, 'consumer-2'),
      tellScaled(0, 1, 2),
      tellCreated(0, 'consumer-2'),
    ];
    const around = { events, running: new Set(['consumer-1', 'consumer-2']) };
    timeline.take(buildGeneration(5, -19, { 'consumer-1': [0, 1] }), around);
    timeline.take(buildGeneration(6, 2, { 'consumer-1': [0], 'consumer-2': [1] }), around);
    timeline.take(buildGeneration(7, 5, { 'consumer-1': [0, 1] }), around);
    expect(
      timeline
        .list()
        .map(({ cause }) => cause.sentence)
        .slice(0, 2),
    ).toEqual(['consumer-2 left the group and still runs; why is not known', 'scaled from 1 to 2 replicas']);
  });
});
