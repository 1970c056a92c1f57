import { useState } from 'preact/hooks';
import type { Rebalance } from '../../../lib/contracts/lab-snapshot.ts';
import { RebalanceEntry } from './rebalance-entry.tsx';

const SHOWN_AT_FIRST = 5;

/** The rebalances, newest first. */
export function Timeline({ rebalances }: { rebalances: readonly Rebalance[] }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rebalances : rebalances.slice(0, SHOWN_AT_FIRST);
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <div class="section-head">
        <h2 id="timeline-title">Rebalances</h2>
        <p class="section-sum">newest first</p>
      </div>
      {rebalances.length === 0 ? (
        <p class="empty">None seen yet. Scale the consumers, and the group shares its partitions anew.</p>
      ) : (
        <ol class="entries">
          {shown.map((rebalance) => (
            <RebalanceEntry key={`${rebalance.generation} ${rebalance.at}`} rebalance={rebalance} />
          ))}
        </ol>
      )}
      {rebalances.length > SHOWN_AT_FIRST && (
        <button type="button" class="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${rebalances.length}`}
        </button>
      )}
    </section>
  );
}
