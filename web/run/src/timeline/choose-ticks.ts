const STEPS_MS = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
];
const HOUR_MS = 3_600_000;

export interface Ticks {
  readonly times: readonly number[];
  /** Digits of the second that tell neighbours apart. */
  readonly digits: number;
}

/** Round times of what is seen, no more than fit. */
export function chooseTimeTicks({ from, to }: { from: number; to: number }, most: number): Ticks {
  const wantedMs = (to - from) / Math.max(1, most);
  const stepMs = STEPS_MS.find((step) => step >= wantedMs) ?? Math.ceil(wantedMs / HOUR_MS) * HOUR_MS;
  const times: number[] = [];
  for (let at = Math.ceil(from / stepMs) * stepMs; at <= to; at += stepMs) times.push(at);
  return { times, digits: stepMs < 1000 ? 1 : 0 };
}

/** The top of an axis from 0 that holds a value, as 1, 2, 2.5 or 5 times a power of ten. */
export function chooseTop(value: number, least: number): number {
  const wanted = Math.max(value, least);
  const power = 10 ** Math.floor(Math.log10(wanted));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= wanted) ?? 10;
  return factor * power;
}
