import type { SavedStep, Verdict } from '../../../../lib/contracts/saved-run.ts';

type MarkKind = Verdict | SavedStep['outcome'];

const PATHS: Readonly<Record<MarkKind, string>> = {
  pass: 'M3.5 8.5l3 3 6-7',
  done: 'M3.5 8.5l3 3 6-7',
  fail: 'M4 4l8 8M12 4l-8 8',
  failed: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M5.4 5.6c.3-1.6 1.3-2.3 2.6-2.3 1.5 0 2.6.9 2.6 2.3 0 1.8-2.6 2-2.6 4M8 12.6v.2',
  unsupported: 'M3 8h10',
  pending: 'M4 8h.2M8 8h.2M12 8h.2',
};

/** A verdict or an outcome: a sign, a colour, and always its word. */
export function VerdictMark({ of }: { of: MarkKind }) {
  return (
    <span class={`verdict verdict-${of}`}>
      <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path
          d={PATHS[of]}
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
          stroke-linejoin="round"
        />
      </svg>
      {of}
    </span>
  );
}
