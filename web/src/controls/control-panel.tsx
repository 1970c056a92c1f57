import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { AmountControl } from './amount-control.tsx';
import { ScaleControl } from './scale-control.tsx';

/** What the lab can be told; in read-only mode the reason why it cannot. */
export function ControlPanel({ snapshot }: { snapshot: LabSnapshot }) {
  const { controls, group, producers, wantedProducers, load, processingDelayMs } = snapshot;
  return (
    <section class="panel controls" aria-labelledby="controls-title">
      <h2 id="controls-title">Controls</h2>
      {controls.isReadOnly ? (
        <p class="read-only" data-testid="read-only">
          {controls.readOnlyReason ?? 'This page is for watching only.'}
        </p>
      ) : (
        <div class="control-list">
          {controls.scalable.includes('consumer') && (
            <ScaleControl
              workload="consumer"
              replicas={group.wantedReplicas ?? group.pods.length}
              max={controls.maxReplicas}
            />
          )}
          {controls.scalable.includes('producer') && (
            <ScaleControl
              workload="producer"
              replicas={wantedProducers ?? producers.length}
              max={controls.maxReplicas}
            />
          )}
          <AmountControl
            name="load"
            title="Load"
            unit="records per second"
            value={load.ratePerSecond}
            presets={[0, 50, 200, 1000]}
            max={controls.maxRatePerSecond}
            buildRequest={(ratePerSecond) => ({ method: 'PUT', path: '/api/load', body: { ratePerSecond } })}
          />
          <AmountControl
            name="processing-delay"
            title="Processing"
            unit="ms per record"
            value={processingDelayMs}
            presets={[0, 5, 50, 200]}
            max={controls.maxProcessingDelayMs}
            buildRequest={(delayMs) => ({ method: 'PUT', path: '/api/processing-delay', body: { delayMs } })}
          />
        </div>
      )}
    </section>
  );
}
