import { describe, expect, it } from '@jest/globals';
import { measureTrend, splitMinutes } from './minutes.ts';
import { parseHeapMiB, type ServiceSample } from './service-sample.ts';

/** A service that takes 2 MiB more a minute, 300 ms of CPU a second, and whose heap is a saw tooth. */
function grow(seconds: number): ServiceSample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    residentMiB: 100 + second / 30,
    heapMiB: 40 + (second % 5),
    cpuMs: 1000 + 300 * second,
  }));
}

describe('splitMinutes', () => {
  it('summarizes each whole minute, from the state in which it begins', () => {
    const minutes = splitMinutes(grow(150));
    expect(minutes).toHaveLength(2);
    expect(minutes[0]?.residentMiB.map((value) => Math.round(value * 10))).toEqual([1000, 1010, 1020]);
    expect(minutes[1]?.heapMiB).toEqual([40, 42, 44]);
    expect(minutes.map(({ cpuMsPerSecond }) => cpuMsPerSecond)).toEqual([300, 300]);
  });

  it('does without a sample that is not there', () => {
    const samples = grow(60).map((sample, second) => (second === 7 ? { ...sample, heapMiB: NaN } : sample));
    expect(splitMinutes(samples)[0]?.heapMiB).toEqual([40, 42, 44]);
  });
});

describe('measureTrend', () => {
  it('says how much is taken more with every minute, whatever the first third was', () => {
    const samples = grow(600).map((sample, second) => (second < 200 ? { ...sample, residentMiB: 900 } : sample));
    const { residentMiBPerMinute, heapMiBPerMinute } = measureTrend(samples);
    expect(residentMiBPerMinute).toBeCloseTo(2, 6);
    expect(Math.abs(heapMiBPerMinute)).toBeLessThan(0.05);
  });
});

describe('parseHeapMiB', () => {
  it('finds the heap in use among all metrics', () => {
    expect(parseHeapMiB('# HELP x y\nnodejs_heap_size_total_bytes 9\nnodejs_heap_size_used_bytes 52428800\n')).toBe(50);
    expect(parseHeapMiB('nothing')).toBeNaN();
  });
});
