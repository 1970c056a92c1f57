import { useEffect, useState } from 'preact/hooks';
import { useRequest } from './controls-context.ts';
import { NumberField } from './number-field.tsx';

interface ScaleControlProps {
  readonly workload: 'consumer' | 'producer';
  /** What the Deployment was told to have. */
  readonly replicas: number;
  readonly max: number;
}

/** Fewer, a number, more. */
export function ScaleControl({ workload, replicas, max }: ScaleControlProps) {
  const { isBusy, send } = useRequest();
  // What was asked for stands until a snapshot tells something new, so that two quick clicks add up.
  const [asked, setAsked] = useState<number | null>(null);
  useEffect(() => setAsked(null), [replicas]);
  const shown = asked ?? replicas;
  const scale = (wanted: number): void => {
    if (isBusy || wanted < 0 || wanted > max || wanted === shown) return;
    const body = { workload, replicas: wanted };
    void send({ method: 'PUT', path: '/api/replicas', body }).then((isDone) => {
      if (isDone) setAsked(wanted);
    });
  };
  const isOff = (wanted: number): boolean => isBusy || wanted < 0 || wanted > max;
  return (
    <div class="control" data-control={`scale-${workload}`}>
      <h3 class="control-name">{workload === 'consumer' ? 'Consumers' : 'Producers'}</h3>
      <div class="stepper">
        <Step sign="−" label={`one ${workload} less`} isOff={isOff(shown - 1)} onClick={() => scale(shown - 1)} />
        <NumberField label={`${workload} replicas`} value={shown} max={max} isBusy={isBusy} onCommit={scale} />
        <Step sign="+" label={`one ${workload} more`} isOff={isOff(shown + 1)} onClick={() => scale(shown + 1)} />
      </div>
    </div>
  );
}

function Step({ sign, label, isOff, onClick }: { sign: string; label: string; isOff: boolean; onClick: () => void }) {
  return (
    <button type="button" class="button button-step" aria-label={label} aria-disabled={isOff} onClick={onClick}>
      {sign}
    </button>
  );
}
