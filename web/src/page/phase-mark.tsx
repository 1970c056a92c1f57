import type { Pod } from '../../../lib/contracts/lab-snapshot.ts';

/** Where a replica is in its life, as a word with a mark of its own shape. */
export function PhaseMark({ phase, reason = null }: { phase: Pod['phase']; reason?: string | null }) {
  return (
    <span class={`phase phase-${phase}`}>
      {phase}
      {reason !== null && phase !== 'ready' && <span class="phase-reason"> ({reason})</span>}
    </span>
  );
}
