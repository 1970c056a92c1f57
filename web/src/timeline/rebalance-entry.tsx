import type { CauseKind, Rebalance } from '../../../lib/contracts/lab-snapshot.ts';
import { formatDuration, formatTimeOfDay } from '../format/format-duration.ts';
import { formatAmount } from '../format/format-number.ts';
import { formatRanges } from '../format/format-ranges.ts';
import { shortenPodName } from '../format/shorten-pod-name.ts';
import { Age } from '../page/age.tsx';
import { Sentence } from '../page/sentence.tsx';
import { groupMoves, type MoveGroup } from './group-moves.ts';

const MOST_WAYS = 4;

const CAUSE_WORDS: Record<CauseKind, string> = {
  scaled: 'scaled',
  rolled: 'rolled',
  killed: 'killed',
  restarted: 'restarted',
  'pod-gone': 'pod gone',
  'session-expired': 'session expired',
  'joined-again': 'joined again',
  'partitions-raised': 'more partitions',
  'group-started': 'group started',
  unknown: 'cause unknown',
};

/** One rebalance: when, why, who took part, what moved, and how long partitions were silent. */
export function RebalanceEntry({ rebalance }: { rebalance: Rebalance }) {
  const { generation, at, cause, membersBefore, membersAfter, moves, longestPauseMs } = rebalance;
  const ways = groupMoves(moves);
  return (
    <li class="entry" data-generation={generation} data-cause={cause.kind}>
      <p class="entry-head">
        <span class={`cause cause-${cause.kind}`}>{CAUSE_WORDS[cause.kind]}</span>
        <span class="entry-time">
          <Age at={at} /> · {formatTimeOfDay(at)}
        </span>
      </p>
      <p class="entry-cause">
        <Sentence text={cause.sentence} />
      </p>
      <p class="entry-facts">
        <span>
          members {membersBefore} <span aria-hidden="true">→</span>
          <span class="hidden">to</span> {membersAfter}
        </span>
        <span>{moves.length === 0 ? 'nothing moved' : `${formatAmount(moves.length, 'partition')} moved`}</span>
        <span>longest pause {longestPauseMs === null ? 'not measured' : formatDuration(longestPauseMs)}</span>
      </p>
      {ways.length > 0 && <Ways ways={ways.slice(0, MOST_WAYS)} />}
      <EntryDetails rebalance={rebalance} ways={ways.slice(MOST_WAYS)} />
    </li>
  );
}

function Ways({ ways }: { ways: readonly MoveGroup[] }) {
  return (
    <ul class="ways">
      {ways.map(({ from, to, partitions }) => (
        <li key={`${from ?? ''} ${to ?? ''}`}>
          <span class="way-partitions">{formatRanges(partitions)}</span> <Owner name={from} />{' '}
          <span aria-hidden="true">→</span>
          <span class="hidden">to</span> <Owner name={to} />
        </li>
      ))}
    </ul>
  );
}

function Owner({ name }: { name: string | null }) {
  return name === null ? <span>no owner</span> : <bdi title={name}>{shortenPodName(name)}</bdi>;
}

function EntryDetails({ rebalance, ways }: { rebalance: Rebalance; ways: readonly MoveGroup[] }) {
  const { generation, pauses } = rebalance;
  if (pauses.length === 0 && ways.length === 0) return null;
  return (
    <details class="entry-more">
      <summary>
        {ways.length > 0 ? 'All moves and pauses' : 'Pauses by partition'}
        <span class="hidden"> of generation {generation}</span>
      </summary>
      {ways.length > 0 && <Ways ways={ways} />}
      {pauses.length > 0 && (
        <ul class="pauses">
          {pauses
            .toSorted((a, b) => b.pauseMs - a.pauseMs)
            .map(({ partition, pauseMs }) => (
              <li key={partition}>
                <span>partition {partition}</span> <strong>{formatDuration(pauseMs)}</strong>
              </li>
            ))}
        </ul>
      )}
      <p class="entry-generation">Generation {generation}</p>
    </details>
  );
}
