import { useContext, useEffect, useState } from 'preact/hooks';
import type { LabSnapshot, Pod } from '../../../lib/contracts/lab-snapshot.ts';
import { ControlsContext, useRequest } from './controls-context.ts';
import { isDangerousFault, offerFaults, type FaultKind } from './offer-faults.ts';

type Workload = keyof LabSnapshot['controls']['faults'];

interface FaultButtonsProps {
  readonly workload: Workload;
  readonly target: string;
  readonly phase: Pod['phase'];
  readonly reason?: string | null;
}

/** What can be done to one replica now; nothing while the page is read-only. */
export function FaultButtons({ workload, target, phase, reason = null }: FaultButtonsProps) {
  const { controls } = useContext(ControlsContext);
  const kinds = controls === null ? [] : offerFaults(phase, reason, controls.faults[workload]);
  if (kinds.length === 0) return null;
  return (
    <div class="faults">
      {kinds.map((kind) => (
        <FaultButton key={kind} workload={workload} kind={kind} target={target} />
      ))}
    </div>
  );
}

const SURE_WITHIN_MS = 3000;

function FaultButton({ workload, kind, target }: { workload: Workload; kind: FaultKind; target: string }) {
  const { isBusy, send } = useRequest();
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return;
    const timer = setTimeout(() => setAsking(false), SURE_WITHIN_MS);
    return () => clearTimeout(timer);
  }, [isAsking]);

  const click = (): void => {
    if (isBusy) return;
    if (isDangerousFault(workload, kind) && !isAsking) {
      setAsking(true);
      return;
    }
    setAsking(false);
    void send({ method: 'POST', path: '/api/faults', body: { kind, target } });
  };
  return (
    <button
      type="button"
      class={`button button-small${isAsking ? ' is-asking' : ''}`}
      data-fault={kind}
      aria-label={isAsking ? `sure? ${kind} ${target}` : `${kind} ${target}`}
      aria-disabled={isBusy}
      onClick={click}
    >
      {isAsking ? 'sure?' : kind}
    </button>
  );
}
