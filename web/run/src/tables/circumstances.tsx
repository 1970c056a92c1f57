import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';

const PARTS = [
  { key: 'settings', title: 'Settings' },
  { key: 'versions', title: 'Versions' },
  { key: 'machine', title: 'Machine' },
] as const;

/** Under which circumstances it ran: what another run must have the same to be compared. */
export function Circumstances({ run }: { run: SavedRun }) {
  return (
    <div class="circumstances">
      {PARTS.map(({ key, title }) => (
        <section key={key} class="panel" aria-labelledby={`${key}-title`}>
          <h2 id={`${key}-title`}>{title}</h2>
          {run[key].length === 0 ? (
            <p class="empty">not recorded</p>
          ) : (
            <dl class="circumstance">
              {run[key].map(({ name, value }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </section>
      ))}
    </div>
  );
}
