import { condenseRun } from '../../verify/report/condense-run.ts';
import { buildRunPage, readRunPageTemplate } from '../../verify/report/build-run-page.ts';
import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildBusyEightHours, buildLongRun, buildQuietEightHours } from './long-runs.ts';
import { readRecordedRun } from './recorded-runs.ts';

const HOSTILE =
  '</script><script>window.isBroken = true</script><img src=x onerror="window.isBroken = true"> $& \u2028';

/** A run in which everything that is a text means harm. */
export function buildHostileRun(): SavedRun {
  const run = readRecordedRun('fail');
  return {
    ...run,
    runId: HOSTILE,
    scenario: { ...run.scenario, name: HOSTILE, description: HOSTILE },
    replicas: run.replicas.map((name) => `${name}${HOSTILE}`),
    ownership: run.ownership.map((owned) => ({ ...owned, owner: `${owned.owner}${HOSTILE}` })),
    checks: run.checks.map((check) => ({ ...check, summary: HOSTILE, evidence: [{ [HOSTILE]: HOSTILE }] })),
    steps: run.steps.map((step) => ({ ...step, text: HOSTILE, detail: HOSTILE })),
    faults: run.faults.map((fault) => ({ ...fault, text: HOSTILE })),
    rebalances: run.rebalances.map((rebalance) => ({ ...rebalance, cause: { kind: HOSTILE, sentence: HOSTILE } })),
  };
}

/** Runs of every kind as pages, by the names of their files. */
export async function buildSamplePages(): Promise<ReadonlyMap<string, string>> {
  const template = await readRunPageTemplate();
  const pages: Readonly<Record<string, readonly SavedRun[]>> = {
    pass: [readRecordedRun('pass')],
    fail: [readRecordedRun('fail')],
    unknown: [readRecordedRun('unknown')],
    long: [condenseRun(buildLongRun())],
    hostile: [buildHostileRun()],
    compared: [readRecordedRun('fail'), readRecordedRun('pass')],
    busy: [condenseRun(buildBusyEightHours())],
    quiet: [condenseRun(buildQuietEightHours())],
  };
  return new Map(Object.entries(pages).map(([name, runs]) => [name, buildRunPage(template, runs)]));
}
