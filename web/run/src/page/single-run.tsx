import { useMemo } from 'preact/hooks';
import type { SavedRun, SavedStep } from '../../../../lib/contracts/saved-run.ts';
import { CheckList } from '../checks/check-list.tsx';
import { StepList } from '../steps/step-list.tsx';
import { Circumstances } from '../tables/circumstances.tsx';
import { PercentilesTable } from '../tables/percentiles-table.tsx';
import { RebalanceTable } from '../tables/rebalance-table.tsx';

import { TimelineSection } from '../timeline/timeline-section.tsx';
import { createTimelineStore } from '../timeline/timeline-store.ts';
import { RunHead } from './page-head.tsx';
import { RepeatRun } from './repeat-run.tsx';

/** One run: what came of it, why, and all that happened. */
export function SingleRun({ run, isPrinting }: { run: SavedRun; isPrinting: boolean }) {
  const spanMs = Math.max(1000, run.endedAt - run.startedAt);
  const store = useMemo(() => createTimelineStore(spanMs), [spanMs]);
  const runs = useMemo(() => [{ run, label: run.scenario.name }], [run]);
  const show = (step: SavedStep): void => {
    store.show(step.startedAt - run.startedAt, (step.endedAt ?? run.endedAt) - run.startedAt);
    document.querySelector('#timeline-title')?.scrollIntoView({ block: 'start' });
  };
  return (
    <main class="page-main">
      <RunHead run={run} />
      <div class="columns">
        <CheckList checks={run.checks} notes={run.notes ?? []} />
        <StepList run={run} isPrinting={isPrinting} onShow={show} />
      </div>
      <TimelineSection runs={runs} store={store} />
      <PercentilesTable percentiles={run.percentiles} />
      <RebalanceTable run={run} isPrinting={isPrinting} />
      <Circumstances run={run} />
      <RepeatRun runs={[run]} />
    </main>
  );
}
