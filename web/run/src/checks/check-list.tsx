import type { SavedCheck } from '../../../../lib/contracts/saved-run.ts';
import { formatAmount } from '../../../src/format/format-number.ts';
import { formatMeasurement, formatName } from '../format/format-moment.ts';
import { VerdictMark } from '../verdict/verdict-mark.tsx';
import { Evidence } from './evidence.tsx';

/** Each check with its sentence; what did not pass is open, down to the records behind it; what to know about how it was judged. */
export function CheckList({ checks, notes }: { checks: readonly SavedCheck[]; notes: readonly string[] }) {
  return (
    <section class="panel" aria-labelledby="checks-title">
      <div class="section-head">
        <h2 id="checks-title">Checks</h2>
        <p class="section-sum">unknown is not pass</p>
      </div>
      <ul class="checks">
        {checks.map((check) => (
          <Check key={check.name} check={check} />
        ))}
      </ul>
      {notes.map((note) => (
        <p key={note} class="check-note">
          <bdi>{note}</bdi>
        </p>
      ))}
    </section>
  );
}

function Check({ check }: { check: SavedCheck }) {
  const { name, verdict, summary, measurements, evidence } = check;
  const measured = Object.entries(measurements);
  const parts = [
    ...(measured.length > 0 ? [formatAmount(measured.length, 'measurement')] : []),
    ...(evidence.length > 0 ? [formatAmount(evidence.length, 'record of evidence', 'records of evidence')] : []),
  ];
  return (
    <li class={`check tone-${verdict}`} data-check={name} data-verdict={verdict}>
      <div class="check-head">
        <VerdictMark of={verdict} />
        <h3>{name}</h3>
      </div>
      <p class="check-summary">{summary}</p>
      {parts.length > 0 && (
        <details open={verdict !== 'pass'}>
          <summary>
            {parts.join(', ')}
            <span class="hidden"> of {name}</span>
          </summary>
          {measured.length > 0 && (
            <dl class="measurements">
              {measured.map(([measurement, value]) => (
                <div key={measurement}>
                  <dt>{formatName(measurement)}</dt>
                  <dd>{formatMeasurement(value)}</dd>
                </div>
              ))}
            </dl>
          )}
          {evidence.length > 0 && <Evidence of={evidence} check={name} />}
        </details>
      )}
    </li>
  );
}
