import { useMemo } from 'preact/hooks';
import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';
import { chooseTop } from './choose-ticks.ts';
import { buildReplicaLooks } from './replica-looks.ts';
import type { SceneTops } from './scene.ts';
import { TimelineFigure } from './timeline-figure.tsx';
import { buildTimelineModel, type TimelineModel } from './timeline-model.ts';
import { Legend, TimelineTools } from './timeline-tools.tsx';
import type { TimelineStore } from './timeline-store.ts';
import { useTimelineState } from './use-timeline-state.ts';

interface TimelineSectionProps {
  /** With the words that tell each from the other; one word is enough for one. */
  readonly runs: readonly { readonly run: SavedRun; readonly label: string }[];
  readonly store: TimelineStore;
}

/** The whole of a run along time; of two runs one below the other, on one scale. */
export function TimelineSection({ runs, store }: TimelineSectionProps) {
  const state = useTimelineState(store);
  const looks = useMemo(() => buildReplicaLooks(runs.flatMap(({ run }) => run.replicas)), [runs]);
  const models = useMemo(() => runs.map(({ run }) => buildTimelineModel(run, looks)), [runs, looks]);
  const tops = useMemo(() => chooseTops(models), [models]);
  return (
    <section class="panel timeline-section" aria-labelledby="timeline-title">
      <div class="section-head">
        <h2 id="timeline-title">Timeline</h2>
        <p class="section-sum">
          {runs.length === 1 ? 'minutes and seconds since the start' : 'both on one scale, since the start of each'}
        </p>
      </div>
      <TimelineTools store={store} view={state.view} />
      <Legend looks={[...looks.values()]} store={store} highlighted={state.highlighted} />
      {models.map((model, index) => (
        <div key={index}>
          {models.length > 1 && <h3 class="timeline-of">{runs[index]?.label}</h3>}
          <TimelineFigure
            model={model}
            store={store}
            state={state}
            tops={tops}
            label={runs[index]?.label ?? ''}
            index={index}
          />
        </div>
      ))}
      <p class="timeline-hint" id="timeline-keys">
        Drag to zoom, with Shift to move; Ctrl and wheel, or two fingers, zoom, too. Keys: + and − zoom, 0 shows all,
        arrows move the line, Page Up and Page Down go to what happened before and after. The tables below say the same.
      </p>
    </section>
  );
}

function chooseTops(models: readonly TimelineModel[]): SceneTops {
  const most = (read: (model: TimelineModel) => readonly number[]): number =>
    models.reduce((top, model) => read(model).reduce((a, b) => Math.max(a, b), top), 0);
  return {
    lag: chooseTop(
      most(({ samples }) => samples.lag.most),
      10,
    ),
    rate: chooseTop(
      most(({ samples }) => [...samples.produced.most, ...samples.processed.most]),
      10,
    ),
    members: Math.max(2, Math.ceil(most(({ samples }) => samples.members.most) / 2) * 2),
  };
}
