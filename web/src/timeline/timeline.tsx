import { useState } from 'preact/hooks';
import type { Rebalance, Return } from '../../../lib/contracts/lab-snapshot.ts';
import { RebalanceEntry } from './rebalance-entry.tsx';
import { ReturnEntry } from './return-entry.tsx';

const SHOWN_AT_FIRST = 5;

interface TimelineProps {
  readonly rebalances: readonly Rebalance[];
  readonly returns: readonly Return[];
}

/** The rebalances, and the returns of static members, which need none: newest first. */
export function Timeline({ rebalances, returns }: TimelineProps) {
  const [isWhole, setWhole] = useState(false);
  const entries = [
    ...rebalances.map((rebalance) => ({
      at: rebalance.at,
      entry: <RebalanceEntry key={`${rebalance.generation} ${rebalance.at}`} rebalance={rebalance} />,
    })),
    ...returns.map((one) => ({
      at: one.at,
      entry: <ReturnEntry key={`${one.groupInstanceId} ${one.at}`} returned={one} />,
    })),
  ].sort((a, b) => b.at - a.at);
  const shown = isWhole ? entries : entries.slice(0, SHOWN_AT_FIRST);
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <div class="section-head">
        <h2 id="timeline-title">Rebalances</h2>
        <p class="section-sum">newest first</p>
      </div>
      {entries.length === 0 ? (
        <p class="empty">None seen yet. Scale the consumers, and the group shares its partitions anew.</p>
      ) : (
        <ol class="entries">{shown.map(({ entry }) => entry)}</ol>
      )}
      {entries.length > SHOWN_AT_FIRST && (
        <button type="button" class="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${entries.length}`}
        </button>
      )}
    </section>
  );
}
