import { describe, expect, it } from '@jest/globals';
import { readRecordedRun } from '../../../../test/run-page/recorded-runs.ts';
import { describeMoment } from './describe-moment.ts';
import { findCovering, findMarks, findMoment } from './find-moment.ts';
import { buildReplicaLooks } from './replica-looks.ts';
import { buildTimelineModel } from './timeline-model.ts';

const RUN = readRecordedRun('pass');
const LOOKS = buildReplicaLooks(RUN.replicas);
const MODEL = buildTimelineModel(RUN, LOOKS);

describe('findMoment', () => {
  it('knows the owner of every partition, as the document has it', () => {
    for (const at of [500, 16_300, 30_000, 57_000]) {
      const moment = findMoment(MODEL, at, 0);
      const owners = moment.owners.flatMap(({ owner, partitions }) =>
        partitions.map((partition) => `${partition} ${owner.name}`),
      );
      const expected = RUN.ownership
        .filter(({ from, to }) => from - RUN.startedAt <= at && at < to - RUN.startedAt)
        .map(({ partition, owner }) => `${partition} ${owner}`);
      expect(owners.sort()).toEqual(expected.sort());
      expect(moment.unowned).toEqual([]);
    }
  });

  it('knows the step, the generation, the sample and the pauses', () => {
    const killed = RUN.steps.findIndex(({ text }) => text.startsWith('kill'));
    const waited = RUN.steps[killed + 1];
    const at = (waited?.startedAt ?? 0) - RUN.startedAt + 5000;
    const moment = findMoment(MODEL, at, 0);
    expect(moment.step).toBe(waited);
    expect(moment.rebalance?.of.cause.sentence).toBe('scaled from 6 to 7 replicas');
    expect(moment.sample?.members).toBe(7);
    expect(moment.pauses.map(({ of }) => of.partition)).toEqual([3]);
  });

  it('tells of a span in which the time lies, whose end is still to come', () => {
    const [first, second] = RUN.samples;
    if (first === undefined || second === undefined) throw new Error('there are no samples');
    const span = {
      ms: 60_000,
      mostLag: 900,
      leastProducedPerSecond: 0,
      mostProducedPerSecond: 500,
      leastProcessedPerSecond: 0,
      mostProcessedPerSecond: 700,
      leastMembers: 1,
      mostMembers: 3,
    };
    const samples = [first, { ...second, at: first.at + 60_000, lag: 4, members: 2, span }];
    const model = buildTimelineModel({ ...RUN, samples }, LOOKS);
    const moment = findMoment(model, 30_000, 0);
    expect(moment.sample).toMatchObject({ spanMs: 60_000, lag: 4, mostLag: 900, members: 2 });
    expect(describeMoment(moment)).toContain('lag 4, at most 900. produced');
    expect(describeMoment(moment)).toContain('records a second over 1 min 0 s');
    expect(model.samples.processed.most[1]).toBe(700);
    expect(findMoment(model, 65_000, 0).sample).toBeNull();
  });

  it('tells faults that are near, and says when nobody owns a partition', () => {
    const fault = MODEL.faults.find(({ of }) => of.text === 'consumer-7 ready');
    expect(findMoment(MODEL, (fault?.at ?? 0) + 400, 500).faults).toEqual([fault]);
    expect(findMoment(MODEL, (fault?.at ?? 0) + 400, 300).faults).toEqual([]);
    const unowned = buildTimelineModel(
      { ...RUN, ownership: RUN.ownership.filter(({ partition }) => partition > 0) },
      LOOKS,
    );
    expect(findMoment(unowned, 1000, 0).unowned).toEqual([0]);
  });

  it('knows nothing of a run in which nothing was recorded', () => {
    const empty = {
      ...RUN,
      ownership: [],
      pauses: [],
      samples: [],
      rebalances: [],
      steps: [],
      faults: [],
      replicas: [],
    };
    expect(findMoment(buildTimelineModel(empty, new Map()), 1000, 0)).toMatchObject({
      step: null,
      rebalance: null,
      owners: [],
      unowned: [0, 1, 2, 3, 4, 5],
      sample: null,
    });
  });
});

describe('describeMoment', () => {
  it('says all of it in words', () => {
    const words = describeMoment(findMoment(MODEL, 30_000, 0));
    expect(words).toContain('0:30.0 since the start. step 8: hold for 6 s.');
    expect(words).toMatch(
      /consumer-1 owns 0\. .*lag [\d,]+\. produced \d+ and processed \d+ records a second\. 7 members\.$/,
    );
  });
});

describe('findCovering', () => {
  it('has the end of a span not in it', () => {
    const spans = [
      { from: 0, to: 10 },
      { from: 20, to: 30 },
    ];
    expect([-1, 0, 9, 10, 25, 30].map((at) => findCovering(spans, at)?.from)).toEqual([
      undefined,
      0,
      0,
      undefined,
      20,
      undefined,
    ]);
  });
});

describe('findMarks', () => {
  it('has every time at which something happened once, in order', () => {
    const marks = findMarks(MODEL);
    expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b));
    expect(marks).toContain(MODEL.faults[0]?.at);
  });
});
