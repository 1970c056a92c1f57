import { useMemo } from 'preact/hooks';
import type { RunComparison } from '../../../../lib/contracts/run-comparison.ts';
import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { RunHead } from '../page/page-head.tsx';
import { RepeatRun } from '../page/repeat-run.tsx';
import { RebalanceTable } from '../tables/rebalance-table.tsx';
import { TimelineSection } from '../timeline/timeline-section.tsx';
import { createTimelineStore } from '../timeline/timeline-store.ts';
import { ComparedChecks } from './compared-checks.tsx';
import { ComparedSteps } from './compared-steps.tsx';
import { DifferenceTable, PercentileComparison } from './comparison-tables.tsx';

interface ComparedRunsProps {
  readonly first: SavedRun;
  readonly second: SavedRun;
  readonly comparison: RunComparison;
  readonly isPrinting: boolean;
}

/** Two runs: what came of each, in what they differ, and both along one time. */
export function ComparedRuns({ first, second, comparison, isPrinting }: ComparedRunsProps) {
  const spanMs = Math.max(1000, ...[first, second].map((run) => run.endedAt - run.startedAt));
  const store = useMemo(() => createTimelineStore(spanMs), [spanMs]);
  const runs = useMemo(
    () => [
      { run: first, label: `A  ${first.runId}` },
      { run: second, label: `B  ${second.runId}` },
    ],
    [first, second],
  );
  const show = (run: SavedRun, step: SavedStep): void => {
    store.show(step.startedAt - run.startedAt, (step.endedAt ?? run.endedAt) - run.startedAt);
    document.querySelector('#timeline-title')?.scrollIntoView({ block: 'start' });
  };
  return (
    <main class="page-main">
      <h1 class="compare-title">
        {first.scenario.name === second.scenario.name ? first.scenario.name : 'Two scenarios'}: {comparison.verdict}
      </h1>
      <div class="columns">
        <RunHead run={first} letter="A" />
        <RunHead run={second} letter="B" />
      </div>
      <div class="columns">
        <DifferenceTable differences={comparison.circumstances} />
        <PercentileComparison percentiles={comparison.percentiles} />
      </div>
      <ComparedChecks first={first} second={second} checks={comparison.checks} />
      <TimelineSection runs={runs} store={store} />
      <ComparedSteps first={first} second={second} isPrinting={isPrinting} onShow={show} />
      <RebalanceTable run={first} isPrinting={isPrinting} title="Rebalances of A" id="rebalances-a" />
      <RebalanceTable run={second} isPrinting={isPrinting} title="Rebalances of B" id="rebalances-b" />
      <RepeatRun runs={[first, second]} />
    </main>
  );
}
