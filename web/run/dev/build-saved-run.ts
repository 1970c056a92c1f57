import type { SavedCheck, SavedPercentiles, SavedRun, Verdict } from '../../../lib/contracts/saved-run.ts';
import { buildChecks } from './build-checks.ts';
import { SCALE_AND_KILL, type PlanStep } from './saved-run-plans.ts';
import { simulateRun, type Simulation } from './simulate-run.ts';

export interface SavedRunOptions {
  /** @default 7 */
  readonly seed?: number;
  /** What the checks come to. @default pass */
  readonly verdict?: Verdict;
  /** @default 6 */
  readonly partitions?: number;
  /** @default scaling 1 → 6 → 7 → 1 with a kill */
  readonly plan?: readonly PlanStep[];
  /** @default 150 */
  readonly recordsPerMemberPerSecond?: number;
  /** @default 10000 */
  readonly sessionTimeoutMs?: number;
}

const STARTED_AT = Date.UTC(2026, 10, 24, 16, 30, 4, 218);

/** A saved run as it could have been, the same for the same options: for tests, and to look at. */
export function buildSavedRun(options: SavedRunOptions = {}): SavedRun {
  const { seed = 7, verdict = 'pass', partitions = 6, plan = SCALE_AND_KILL } = options;
  const { recordsPerMemberPerSecond = 150, sessionTimeoutMs = 10_000 } = options;
  const simulation = simulateRun({
    startedAt: STARTED_AT + seed * 60_000,
    seed,
    partitions,
    plan,
    recordsPerMemberPerSecond,
    sessionTimeoutMs,
  });
  const checks = buildChecks(simulation, verdict);
  return {
    format: 1,
    runId: `scale-and-kill-${seed}-${verdict}`,
    scenario: {
      name: 'scale-and-kill',
      description:
        'Scales the consumers 1 → 6 → 7 → 1 under load, kills one that owns a partition, and waits until all is processed.',
      seed,
    },
    platform: 'local',
    groupId: 'app',
    topic: 'messages',
    partitions,
    startedAt: STARTED_AT + seed * 60_000,
    endedAt: simulation.endedAt,
    verdict,
    checks,
    steps: verdict === 'unknown' ? cutShort(simulation.steps) : [...simulation.steps],
    faults: [...simulation.faults],
    replicas: [...new Set(simulation.ownership.map(({ owner }) => owner))],
    ownership: [...simulation.ownership],
    pauses: [...simulation.pauses],
    rebalances: [...simulation.rebalances],
    samples: [...simulation.samples],
    percentiles: buildPercentiles(simulation, checks),
    settings: [
      { name: 'session.timeout.ms', value: String(sessionTimeoutMs) },
      { name: 'heartbeat.interval.ms', value: '3000' },
      { name: 'assignor', value: 'kafka-lab-sticky' },
      { name: 'processing per record', value: `${(1000 / recordsPerMemberPerSecond).toFixed(1)} ms` },
      { name: 'acks', value: 'all' },
      { name: 'min.insync.replicas', value: '2' },
    ],
    versions: [
      { name: 'kafka-lab', value: '0.1.0' },
      { name: 'Apache Kafka', value: '3.9.1' },
      { name: 'Apache ZooKeeper', value: '3.8.4' },
      { name: 'kafkajs', value: '2.2.4' },
      { name: 'Node.js', value: '24.21.0' },
    ],
    machine: [
      { name: 'processors', value: '2 × Intel Xeon Platinum 8481C' },
      { name: 'memory', value: '15.6 GiB' },
      { name: 'system', value: 'Linux 6.12 x64' },
    ],
  };
}

/** The last step but one did not end, and the last was not begun. */
function cutShort(steps: readonly SavedRun['steps'][number][]): SavedRun['steps'] {
  return steps.map((step) => {
    if (step.index === steps.length - 2)
      return { ...step, endedAt: null, outcome: 'failed', detail: 'producer-1 did not answer within 10 s' };
    if (step.index === steps.length - 1) return { ...step, endedAt: null, outcome: 'pending', detail: null };
    return step;
  });
}

function buildPercentiles({ pauses }: Simulation, checks: readonly SavedCheck[]): SavedPercentiles[] {
  const stored = checks[0]?.measurements['storedRecords'] ?? 0;
  return [
    summarize(
      'pause of a partition',
      pauses.map(({ from, to }) => to - from),
    ),
    { name: 'time to balance', unit: 'ms', count: 4, median: 3120, p95: 4480, p99: 4480, max: 4480 },
    { name: 'acknowledgement', unit: 'ms', count: stored, median: 6.2, p95: 19.4, p99: 41.8, max: 312.5 },
    { name: 'stored to processed', unit: 'ms', count: stored, median: 1904, p95: 9750, p99: 11_020, max: 12_480 },
  ];
}

function summarize(name: string, values: readonly number[]): SavedPercentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { name, unit: 'ms', count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
