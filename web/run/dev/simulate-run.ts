import { assignSticky } from '../../dev/assign-sticky.ts';
import type {
  SavedFault,
  SavedOwnership,
  SavedPause,
  SavedRebalance,
  SavedSample,
  SavedStep,
} from '../../../lib/contracts/saved-run.ts';
import { createRandom } from './create-random.ts';
import type { PlanStep } from './saved-run-plans.ts';

export interface Simulation {
  readonly endedAt: number;
  readonly steps: readonly SavedStep[];
  readonly faults: readonly SavedFault[];
  readonly ownership: readonly SavedOwnership[];
  readonly pauses: readonly SavedPause[];
  readonly rebalances: readonly SavedRebalance[];
  readonly samples: readonly SavedSample[];
}

interface SimulationOptions {
  readonly startedAt: number;
  readonly seed: number;
  readonly partitions: number;
  readonly recordsPerMemberPerSecond: number;
  readonly sessionTimeoutMs: number;
  readonly plan: readonly PlanStep[];
}

/** Members that come or go in one generation of a scaling. */
const MEMBERS_PER_GENERATION = 3;

/** A run as it could have been: owners by the sticky rule, lag from what arrives and what the owners manage. */
export function simulateRun(options: SimulationOptions): Simulation {
  const simulator = new Simulator(options);
  for (const [index, step] of options.plan.entries()) simulator.play(step, index);
  return simulator.finish();
}

class Simulator {
  readonly #options: SimulationOptions;
  readonly #random: () => number;
  readonly #steps: SavedStep[] = [];
  readonly #faults: SavedFault[] = [];
  readonly #ownership: SavedOwnership[] = [];
  readonly #pauses: SavedPause[] = [];
  readonly #rebalances: SavedRebalance[] = [];
  readonly #loads: { at: number; perSecond: number }[] = [];
  #now: number;
  #members: readonly string[] = [];
  #owners: ReadonlyMap<number, string> = new Map();
  #since: number;
  #generation = 3;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#now = options.startedAt;
    this.#since = options.startedAt;
    this.#rebalance(0, 0, ['consumer-1'], { kind: 'group-started', sentence: 'the group began with consumer-1' }, 0);
  }

  play({ text, seconds, act }: PlanStep, index: number): void {
    const startedAt = this.#now;
    const detail = this.#act(act, index);
    this.#now += seconds * 1000;
    this.#steps.push({ index, text, startedAt, endedAt: this.#now, outcome: 'done', detail });
  }

  finish(): Simulation {
    this.#closeOwnership(this.#now);
    const samples = this.#sample();
    return {
      endedAt: this.#now,
      steps: this.#steps,
      faults: this.#faults,
      ownership: this.#ownership,
      pauses: this.#pauses,
      rebalances: this.#rebalances,
      samples,
    };
  }

  #act(act: PlanStep['act'], step: number): string | null {
    switch (act.kind) {
      case 'load':
        this.#loads.push({ at: this.#now, perSecond: act.perSecond });
        return null;
      case 'scale':
        return this.#scale(act.to, step);
      case 'kill':
        return this.#kill(`consumer-${act.member}`, step);
      case 'wait':
        return 'lag 0 after 19.4 s';
    }
  }

  #scale(to: number, step: number): string {
    const from = this.#members.length;
    const cause = { kind: 'scaled', sentence: `scaled from ${from} to ${to} replicas` };
    let delayMs = to > from ? 1800 : 300;
    for (let count = from; count !== to; delayMs += 1100 + this.#random() * 900) {
      count += Math.sign(to - count) * Math.min(MEMBERS_PER_GENERATION, Math.abs(to - count));
      const members = Array.from({ length: count }, (_, index) => `consumer-${index + 1}`);
      this.#rebalance(delayMs, step, members, cause, 250 + this.#random() * 900);
    }
    return `balanced after ${(delayMs / 1000).toFixed(1)} s`;
  }

  #kill(member: string, step: number): string {
    const at = this.#now + 900;
    const timeoutMs = this.#options.sessionTimeoutMs;
    this.#faults.push({ at, kind: 'inject', target: member, text: `kill ${member} (SIGKILL)` });
    this.#faults.push({ at: at + 1300, kind: 'event', target: member, text: `${member} started again` });
    const others = this.#members.filter((name) => name !== member);
    const cause = { kind: 'killed', sentence: `${member} was killed, and its session of ${timeoutMs / 1000} s ended` };
    this.#rebalance(900 + timeoutMs, step, others, cause, timeoutMs + 430);
    const back = { kind: 'killed', sentence: `${member} was killed and is back` };
    this.#rebalance(2300 + timeoutMs, step, [...others, member], back, 380);
    return `pause of ${((timeoutMs + 430) / 1000).toFixed(1)} s`;
  }

  #rebalance(
    delayMs: number,
    step: number,
    members: readonly string[],
    cause: SavedRebalance['cause'],
    pauseMs: number,
  ): void {
    const at = Math.round(this.#now + delayMs);
    const before = this.#owners;
    const owners = assignSticky(this.#options.partitions, members, before);
    this.#closeOwnership(at);
    this.#generation += 1;
    const moved = [...owners].flatMap(([partition, owner]) => (owner === before.get(partition) ? [] : [partition]));
    this.#rebalances.push({
      generation: this.#generation,
      at,
      cause,
      membersBefore: this.#members.length,
      membersAfter: members.length,
      moved: moved.length,
      isUnplanned: false,
    });
    for (const partition of pauseMs > 0 ? moved : []) {
      const to = at + Math.round(60 + this.#random() * 200);
      this.#pauses.push({ partition, from: Math.round(to - pauseMs * (0.8 + this.#random() * 0.2)), to, step });
    }
    this.#owners = owners;
    this.#members = members;
  }

  #closeOwnership(at: number): void {
    for (const [partition, owner] of at > this.#since ? this.#owners : []) {
      this.#ownership.push({ partition, generation: this.#generation, owner, from: this.#since, to: at });
    }
    this.#since = at;
  }

  #sample(): SavedSample[] {
    const { startedAt, partitions, recordsPerMemberPerSecond } = this.#options;
    const samples: SavedSample[] = [];
    const pausedIn = this.#countPauses();
    let lag = 0;
    for (let at = startedAt; at <= this.#now; at += 1000) {
      const members = this.#rebalances.findLast((rebalance) => rebalance.at <= at)?.membersAfter ?? 1;
      const perSecond = this.#loads.findLast((load) => load.at <= at)?.perSecond ?? 0;
      const produced = Math.max(0, perSecond * (0.96 + this.#random() * 0.08));
      const paused = (pausedIn[(at - startedAt) / 1000] ?? 0) / partitions;
      const able =
        Math.min(members, partitions) * recordsPerMemberPerSecond * (1 - paused) * (0.95 + this.#random() * 0.05);
      const processed = Math.min(able, lag + produced);
      lag = Math.max(0, lag + produced - processed);
      samples.push({
        at,
        lag: Math.round(lag),
        producedPerSecond: Math.round(produced),
        processedPerSecond: Math.round(processed),
        members,
        busy: Math.min(1, 0.18 + members * 0.045 + this.#random() * 0.12),
      });
    }
    return samples;
  }

  /** How many partitions paused in each second. */
  #countPauses(): readonly number[] {
    const { startedAt } = this.#options;
    const counts = new Array<number>(Math.floor((this.#now - startedAt) / 1000) + 1).fill(0);
    for (const { from, to } of this.#pauses) {
      const last = Math.min(counts.length - 1, Math.ceil((to - startedAt) / 1000) - 1);
      for (let second = Math.max(0, Math.floor((from - startedAt) / 1000)); second <= last; second += 1) {
        counts[second] = (counts[second] ?? 0) + 1;
      }
    }
    return counts;
  }
}
