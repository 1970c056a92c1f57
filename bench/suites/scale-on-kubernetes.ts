import { randomUUID } from 'node:crypto';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { createLabObserver } from '../../verify/history/lab-observer.ts';
import { openLab } from '../../lab/platforms.ts';
import { driveLoad } from '../../verify/workload/drive-load.ts';
import { recordConsumers } from '../kubernetes/record-consumers.ts';
import { runSteps, type Step } from '../kubernetes/run-steps.ts';
import { buildDownTable, buildTotalsTable, buildUpTable } from '../kubernetes/tables.ts';
import type { Table } from '../../verify/report/render-table.ts';
import type { Suite } from '../suite.ts';

const ROUNDS = 10;
const UP_AND_DOWN = [2, 3, 2, 1];
const RATE_PER_SECOND = 100;
const KEYS = 120;

/** How long a scaling of the consumers takes on the lab's cluster, and what of it is Kubernetes, Node.js and Kafka. */
export const SCALE_ON_KUBERNETES: Suite = {
  name: 'scale-on-kubernetes',
  description: 'from `scale` of the consumers to a balanced group, part by part',
  platform: 'kubernetes',
  async run(context) {
    const { rounds = ROUNDS, logger, tell, signal } = context;
    const lab = await openLab(
      { ...context.lab, platform: 'kubernetes' },
      { logger, tell, interrupted: signal, replicas: { producer: 1, consumer: 1 } },
    );
    const { platform } = lab;
    const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
    const stops: (() => Promise<void>)[] = [];
    const steps: Step[] = [];
    const failures: string[] = [];
    try {
      const recorder = await recordConsumers(platform, logger);
      stops.push(() => recorder.stop());
      const load = driveLoad({
        url: platform.addresses.producer,
        runId: randomUUID().slice(0, 8),
        ratePerSecond: RATE_PER_SECOND,
        keys: KEYS,
      });
      stops.push(() => load.stop());
      const scales: [number, ...number[]] = [1, ...Array.from({ length: rounds }, () => UP_AND_DOWN).flat()];
      const onStep = (step: Step): void => {
        steps.push(step);
        tell(describeStep(step, `${String(steps.length)} of ${String(scales.length - 1)}`));
      };
      const running = runSteps({ platform, observer, recorder, scales, signal, onStep });
      // What still runs after an interruption makes no further step, and nobody waits for it.
      running.catch(() => undefined);
      await Promise.race([running, lab.endAsked]).catch((error: unknown) => {
        // One step that does not end must not cost all that was measured; it is told beside it.
        if (!isTimeout(error) || steps.length === 0) throw error;
        failures.push(`The run ended after ${String(steps.length)} steps: ${messageOf(error)}.`);
      });
      signal.throwIfAborted();
      return buildTables(steps, failures);
    } finally {
      await Promise.all(stops.map((stop) => stop()));
      await observer.close();
      await lab.stop();
    }
  },
};

function isTimeout(error: unknown): boolean {
  return error instanceof AppError && error.code === 'timed-out';
}

function describeStep({ from, to, seen }: Step, which: string): string {
  const tookMs = seen.balancedAt - seen.calledAt;
  return `step ${which}, ${String(from)} → ${String(to)}: balanced after ${String(tookMs)} ms`;
}

function buildTables(steps: readonly Step[], failures: readonly string[]): readonly Table[] {
  return [
    buildTotalsTable(steps, [
      `Replicas are scaled ${['1', ...UP_AND_DOWN.map(String)].join(' → ')} again and again, under ${String(RATE_PER_SECOND)} records a second; the image is on every node.`,
      'New assignment: from the call of the API until the group’s coordinator writes the assignment of exactly these members, by the brokers’ clock, which is that of the same machine.',
      'Balanced, all pods ready: until the group is seen stable and even, each partition has an owner, and Kubernetes says that every pod is ready. Looking every 50 ms adds up to that and one request to it. Readiness is the last to come when a replica is added: the group works before.',
      ...failures,
    ]),
    buildUpTable(steps),
    buildDownTable(steps),
  ];
}
