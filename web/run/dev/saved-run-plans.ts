import { createRandom } from './create-random.ts';

/** What a step of a made-up run does, and how long the run stays in it. */
export interface PlanStep {
  readonly text: string;
  readonly seconds: number;
  readonly act:
    | { readonly kind: 'scale'; readonly to: number }
    | { readonly kind: 'kill'; readonly member: number }
    | { readonly kind: 'load'; readonly perSecond: number }
    | { readonly kind: 'wait' };
}

function scale(to: number, seconds: number): PlanStep {
  return { text: `scale consumer to ${to}`, seconds, act: { kind: 'scale', to } };
}

/** The demo with a kill: 1 → 6 → 7 → 1 under load. */
export const SCALE_AND_KILL: readonly PlanStep[] = [
  { text: 'produce 300 records a second', seconds: 12, act: { kind: 'load', perSecond: 300 } },
  scale(6, 26),
  scale(7, 18),
  { text: 'kill consumer-3 (the owner of partition 3)', seconds: 34, act: { kind: 'kill', member: 3 } },
  scale(1, 18),
  { text: 'stop producing', seconds: 2, act: { kind: 'load', perSecond: 0 } },
  { text: 'wait until everything is processed', seconds: 22, act: { kind: 'wait' } },
];

/** Half an hour of scaling up and down at random: some 200 generations. */
export function buildLongPlan(seed: number): readonly PlanStep[] {
  const random = createRandom(seed);
  const steps: PlanStep[] = [
    { text: 'produce 2000 records a second', seconds: 30, act: { kind: 'load', perSecond: 2000 } },
  ];
  let members = 1;
  while (steps.length < 60) {
    const others = [4, 8, 12, 16, 20].filter((count) => count !== members);
    members = others[Math.floor(random() * others.length)] ?? 4;
    steps.push(scale(members, 30));
  }
  return steps;
}

/** Eight hours under 2,000 records a second, in which the consumers are scaled every half minute: 960 steps. */
export function buildBusyPlan(seed: number): readonly PlanStep[] {
  const random = createRandom(seed);
  let members = 1;
  const scalings = Array.from({ length: 959 }, () => {
    const others = [2, 3, 4, 6, 9, 12].filter((count) => count !== members);
    members = others[Math.floor(random() * others.length)] ?? 6;
    return scale(members, 30);
  });
  return [{ text: 'produce 2000 records a second', seconds: 30, act: { kind: 'load', perSecond: 2000 } }, ...scalings];
}

/** Eight hours under 2,000 records a second with nothing in them but one kill, after three hours. */
export const QUIET_PLAN: readonly PlanStep[] = [
  { text: 'produce 2000 records a second', seconds: 30, act: { kind: 'load', perSecond: 2000 } },
  scale(6, 10_770),
  { text: 'kill consumer-3 (the owner of partition 3)', seconds: 18_000, act: { kind: 'kill', member: 3 } },
];
