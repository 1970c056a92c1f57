import { useCallback, useMemo, useState } from 'preact/hooks';
import type { LabSnapshot } from '../../lib/contracts/lab-snapshot.ts';
import { ClusterPanel } from './cluster/cluster-panel.tsx';
import { ControlPanel } from './controls/control-panel.tsx';
import { ControlsContext } from './controls/controls-context.ts';
import { GroupBoard } from './group/group-board.tsx';
import { Histories } from './histories/histories.tsx';
import { Banners } from './page/banners.tsx';
import { Explanations } from './page/explanations.tsx';
import { Glossary } from './page/glossary.tsx';
import { PageHeader } from './page/page-header.tsx';
import { Toast } from './page/toast.tsx';
import { PartitionTable } from './partitions/partition-table.tsx';
import type { LabState, LabStore } from './stream/lab-store.ts';
import { ServerClockContext } from './stream/server-clock.ts';
import { decideFreshness, estimateServerTime, type Freshness } from './stream/staleness.ts';
import { useLabState } from './stream/use-lab-state.ts';
import { useTicks } from './stream/use-ticks.ts';
import { ThemeContext, useTheme } from './theme/use-theme.ts';
import { Timeline } from './timeline/timeline.tsx';

/** The whole page, from one store. */
export function App({ store }: { store: LabStore }) {
  const state = useLabState(store);
  const { snapshot } = state;
  const freshness = useFreshness(state);
  const { choice, theme, choose } = useTheme();
  const [refusal, setRefusal] = useState<string | null>(null);
  const closeToast = useCallback(() => setRefusal(null), []);
  // Asked when it is needed, so that the time is right long after the last snapshot too.
  const clock = useMemo(
    () => () => {
      const { snapshot: last, receivedAt } = store.getState();
      return last === null ? 0 : estimateServerTime(last.at, receivedAt ?? 0, performance.now());
    },
    [store],
  );
  // A tick that finds all well must not compare the whole page.
  const instruments = useMemo(
    () => (snapshot === null ? null : <Instruments snapshot={snapshot} state={state} store={store} />),
    [snapshot, state, store],
  );
  const controls = snapshot === null || snapshot.controls.isReadOnly ? null : snapshot.controls;
  const controlsValue = useMemo(() => ({ controls, report: setRefusal }), [controls]);

  return (
    <ThemeContext.Provider value={theme}>
      <ServerClockContext.Provider value={clock}>
        <ControlsContext.Provider value={controlsValue}>
          <PageHeader
            snapshot={snapshot}
            freshness={freshness}
            themeChoice={choice}
            onChooseTheme={choose}
            onSelectGroup={(group) => {
              history.replaceState(null, '', `?group=${encodeURIComponent(group)}`);
              store.selectGroup(group);
            }}
          />
          <Banners freshness={freshness} snapshot={snapshot} />
          <main class={freshness.kind === 'stale' ? 'is-stale' : undefined}>
            {instruments ?? <p class="waiting">Waiting for the lab to answer…</p>}
          </main>
          <Toast sentence={refusal} onClose={closeToast} />
        </ControlsContext.Provider>
      </ServerClockContext.Provider>
    </ThemeContext.Provider>
  );
}

function Instruments({ snapshot, state, store }: { snapshot: LabSnapshot; state: LabState; store: LabStore }) {
  return (
    <>
      <Explanations explanations={snapshot.group.explanations} />
      <div class="columns">
        <div class="column">
          <GroupBoard key={snapshot.group.groupId} snapshot={snapshot} />
          <Histories snapshot={snapshot} samples={store.history.samples} version={state.historyVersion} />
          <ClusterPanel snapshot={snapshot} />
          <PartitionTable group={snapshot.group} />
        </div>
        <div class="column">
          <ControlPanel snapshot={snapshot} />
          <Timeline rebalances={snapshot.group.rebalances} returns={snapshot.group.returns} />
          <Glossary />
        </div>
      </div>
    </>
  );
}

function useFreshness({ receivedAt }: LabState): Freshness {
  useTicks();
  return decideFreshness(receivedAt, performance.now());
}
