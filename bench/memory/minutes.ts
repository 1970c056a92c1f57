import { median, quantile } from '../../verify/checks/statistics.ts';
import type { ServiceSample } from './service-sample.ts';
import { dropFirst, fitSlope } from './slope.ts';

/** One service in one minute. */
export interface MinuteOfService {
  readonly residentMiB: Spread;
  readonly heapMiB: Spread;
  /** CPU time that it took in a second, in milliseconds. */
  readonly cpuMsPerSecond: number;
}

type Spread = readonly [min: number, median: number, max: number];

/** How much memory a service takes more with every minute, once it is warm. */
export interface Trend {
  readonly residentMiBPerMinute: number;
  readonly heapMiBPerMinute: number;
}

export const SAMPLES_PER_MINUTE = 60;
/** Left out of a trend: code is compiled, and heaps grow to what they need. */
const WARM_UP_SHARE = 1 / 3;

/** @param samples one a second; the first is the state in which the first minute begins */
export function splitMinutes(samples: readonly ServiceSample[]): readonly MinuteOfService[] {
  const count = Math.floor((samples.length - 1) / SAMPLES_PER_MINUTE);
  return Array.from({ length: count }, (_, minute) => {
    const first = minute * SAMPLES_PER_MINUTE;
    const within = samples.slice(first + 1, first + 1 + SAMPLES_PER_MINUTE);
    const cpuMs = (within.at(-1)?.cpuMs ?? NaN) - (samples[first]?.cpuMs ?? NaN);
    return {
      residentMiB: spread(within.map(({ residentMiB }) => residentMiB)),
      heapMiB: spread(within.map(({ heapMiB }) => heapMiB)),
      cpuMsPerSecond: cpuMs / SAMPLES_PER_MINUTE,
    };
  });
}

/** The least-squares lines through the last two thirds of the samples, which were taken one a second. */
export function measureTrend(samples: readonly ServiceSample[]): Trend {
  const slope = (pick: (sample: ServiceSample) => number): number => {
    const points = samples.map((sample, second) => ({ x: second / SAMPLES_PER_MINUTE, y: pick(sample) }));
    return fitSlope(dropFirst(points, WARM_UP_SHARE).filter(({ y }) => Number.isFinite(y)));
  };
  return {
    residentMiBPerMinute: slope(({ residentMiB }) => residentMiB),
    heapMiBPerMinute: slope(({ heapMiB }) => heapMiB),
  };
}

function spread(values: readonly number[]): Spread {
  const known = values.filter(Number.isFinite);
  return [quantile(known, 0), median(known), quantile(known, 1)];
}
