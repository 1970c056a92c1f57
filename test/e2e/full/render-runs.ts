import { cpus, totalmem } from 'node:os';
import type { FaultRun } from '../run-fault.ts';

const HEADER = [
  'what was done',
  'over after',
  'acknowledged',
  'refused',
  'unknown',
  'processed twice',
  'smallest ISR',
  'container restarts',
  'verdict',
];

/** The page of docs/ that a run of the long faults makes. */
export function renderRuns(runs: readonly FaultRun[]): string {
  const machine = `${String(cpus().length)} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const rows = runs.map((run) => [
    run.title,
    `${run.tookSeconds.toFixed(1)} s`,
    ...[run.acknowledged, run.refused, run.unknown, run.processedTwice].map((count) => count.toLocaleString('en')),
    `${String(run.isr.smallestIsr)} of 3`,
    String(run.restarts),
    run.judgement.verdict,
  ]);
  return `# Faults on Kubernetes

Made by \`make test-kind-full\`, which repeats it, on kind with a control plane and three workers, all on ${machine}; Node.js
${process.version}; ${new Date().toISOString().slice(0, 10)}. Load: 150 records a second with 40 keys, three consumers.

${[HEADER, HEADER.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}

${runs
  .filter(({ note }) => note !== '')
  .map(({ title, note }) => `- ${title}: ${note}.`)
  .join('\n')}

**Over after**: until what was done is mended, all pods ready and all copies of all partitions in sync. **Refused** got an answer
that says so (503), and may be sent again; **unknown** got none, or 504: stored once or not at all. **Smallest ISR**: of any
partition, seen by kcat about every third of a second; two are needed for a write to be acknowledged. **Container restarts**: of pods that were there before and
after. The **verdict** is that of the five checks: nothing acknowledged lost, no second copy, order per key, balanced, commits
behind receipts.
`;
}
