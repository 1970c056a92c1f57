import { describe, expect, it } from '@jest/globals';
import type { SavedSample } from '../../lib/contracts/saved-run.ts';
import { downsampleSamples, MOST_SAMPLES } from './downsample-samples.ts';

const START = Date.parse('2026-11-22T12:00:00Z');
const EIGHT_HOURS = 8 * 3600;
const NOTHING = { steps: [], faults: [], rebalances: [], pauses: [] };

function buildSamples(seconds: number, odd: Readonly<Record<number, Partial<SavedSample>>> = {}): SavedSample[] {
  return Array.from({ length: seconds }, (_, index) => ({
    at: START + (index + 1) * 1000,
    lag: 40 + (index % 7),
    producedPerSecond: 2000 + (index % 3),
    processedPerSecond: 1990 + (index % 5),
    members: 6,
    busy: 0.5,
    ...odd[index],
  }));
}

const spanOf = (sample: SavedSample): number => sample.span?.ms ?? 1000;
const secondOf = (seconds: number): number => START + seconds * 1000;
const secondsAlone = (samples: readonly SavedSample[]): ReadonlySet<number> =>
  new Set(samples.filter(({ span }) => span === undefined).map(({ at }) => (at - START) / 1000));

describe('downsampleSamples', () => {
  it('leaves a run of half an hour as it is', () => {
    const samples = buildSamples(MOST_SAMPLES);
    expect(downsampleSamples(samples, NOTHING)).toEqual(samples);
    expect(downsampleSamples([], NOTHING)).toEqual([]);
  });

  it.each([
    { name: 'nothing', run: NOTHING },
    { name: 'a moment every ten seconds', run: { ...NOTHING, faults: buildEvents(EIGHT_HOURS / 10) } },
  ])('covers eight hours with $name in them by few samples, without a gap', ({ run }) => {
    const samples = downsampleSamples(buildSamples(EIGHT_HOURS), run);
    expect(samples.length).toBeLessThanOrEqual(MOST_SAMPLES);
    expect(samples.length).toBeGreaterThan(MOST_SAMPLES * 0.9);
    expect(samples.map((sample) => sample.at - spanOf(sample))).toEqual([
      START,
      ...samples.slice(0, -1).map(({ at }) => at),
    ]);
    expect(samples.at(-1)?.at).toBe(secondOf(EIGHT_HOURS));
  });

  it('has rates whose product with their spans is what there was', () => {
    const all = buildSamples(EIGHT_HOURS, { 100: { producedPerSecond: 0 }, 20_000: { processedPerSecond: 9000 } });
    const samples = downsampleSamples(all, NOTHING);
    const total = (of: readonly SavedSample[], rate: 'producedPerSecond' | 'processedPerSecond'): number =>
      of.reduce((sum, sample) => sum + (sample[rate] * spanOf(sample)) / 1000, 0);
    for (const rate of ['producedPerSecond', 'processedPerSecond'] as const) {
      expect(total(samples, rate)).toBeCloseTo(total(all, rate), 3);
    }
  });

  it('loses no second that stuck out', () => {
    const samples = downsampleSamples(
      buildSamples(EIGHT_HOURS, {
        7777: { lag: 12_345 },
        11_111: { processedPerSecond: 3 },
        15_000: { producedPerSecond: 1 },
        15_001: { producedPerSecond: 5001 },
        20_000: { processedPerSecond: 6001 },
        25_000: { members: 5 },
        25_001: { members: 7 },
      }),
      NOTHING,
    );
    const spans = samples.flatMap(({ span }) => span ?? []);
    expect(Math.max(...spans.map(({ mostLag }) => mostLag))).toBe(12_345);
    expect(Math.min(...spans.map(({ leastProcessedPerSecond }) => leastProcessedPerSecond))).toBe(3);
    expect(Math.max(...spans.map(({ mostProcessedPerSecond }) => mostProcessedPerSecond))).toBe(6001);
    expect(Math.min(...spans.map(({ leastProducedPerSecond }) => leastProducedPerSecond))).toBe(1);
    expect(Math.max(...spans.map(({ mostProducedPerSecond }) => mostProducedPerSecond))).toBe(5001);
    expect(Math.min(...spans.map(({ leastMembers }) => leastMembers))).toBe(5);
    expect(Math.max(...spans.map(({ mostMembers }) => mostMembers))).toBe(7);
  });

  it('says lag and members as they were at the end of a span, and of processors the mean of what is known', () => {
    const odd = Object.fromEntries(
      Array.from({ length: EIGHT_HOURS }, (_, index) => [index, { busy: index % 2 === 0 ? null : 0.25, lag: index }]),
    );
    const samples = downsampleSamples(buildSamples(EIGHT_HOURS, odd), NOTHING);
    expect(samples.map(({ lag }) => lag)).toEqual(samples.map(({ at }) => (at - START) / 1000 - 1));
    expect(new Set(samples.filter(({ span }) => span !== undefined).map(({ busy }) => busy))).toEqual(new Set([0.25]));
  });

  it.each([
    {
      name: 'a step',
      run: {
        steps: [
          { index: 0, text: 's', startedAt: secondOf(9000), endedAt: null, outcome: 'done' as const, detail: null },
        ],
      },
    },
    { name: 'a fault', run: { faults: [{ at: secondOf(9000), kind: 'inject' as const, target: null, text: 'f' }] } },
    { name: 'a rebalance', run: { rebalances: [buildRebalance(secondOf(9000), false)] } },
    { name: 'the begin of a pause', run: { pauses: [buildPause(secondOf(9000), secondOf(12_000))] } },
    { name: 'the end of a pause', run: { pauses: [buildPause(secondOf(6000), secondOf(9000))] } },
  ])('keeps each second around $name', ({ run }) => {
    const all = buildSamples(EIGHT_HOURS);
    const samples = downsampleSamples(all, { ...NOTHING, ...run });
    const around = samples.filter(({ at }) => at >= secondOf(8995) && at <= secondOf(9025));
    expect(around).toEqual(all.slice(8994, 9025));
  });

  it('keeps the seconds of what matters most where there is no room for all', () => {
    const run = {
      ...NOTHING,
      faults: buildEvents(EIGHT_HOURS / 10),
      rebalances: [buildRebalance(secondOf(21_003), true)],
      pauses: [
        ...Array.from({ length: 1000 }, (_, index) => buildPause(secondOf(index * 28), secondOf(index * 28) + 1500)),
        buildPause(secondOf(15_003), secondOf(15_063)),
      ],
    };
    const alone = secondsAlone(downsampleSamples(buildSamples(EIGHT_HOURS), run));
    for (const second of [15_002, 15_003, 15_007, 15_062, 15_063, 15_067]) expect(alone).toContain(second);
  });
});

function buildEvents(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    at: secondOf(index * 10),
    kind: 'event' as const,
    target: 'consumer-1',
    text: 'consumer-1 ready',
  }));
}

function buildRebalance(at: number, isUnplanned: boolean) {
  const cause = { kind: 'scaled', sentence: 's' };
  return { generation: 2, at, cause, membersBefore: 1, membersAfter: 2, moved: 3, isUnplanned };
}

function buildPause(from: number, to: number) {
  return { partition: 0, from, to, step: null };
}
