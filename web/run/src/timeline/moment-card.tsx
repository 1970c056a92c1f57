import { formatDuration, formatTimeOfDay } from '../../../src/format/format-duration.ts';
import { formatCount, formatRate } from '../../../src/format/format-number.ts';
import { formatRanges } from '../../../src/format/format-ranges.ts';
import { Sentence } from '../../../src/page/sentence.tsx';
import { formatOffset } from '../format/format-offset.ts';
import { isSpan } from './describe-moment.ts';
import { findCovering, type Moment } from './find-moment.ts';
import { Swatch } from './swatch.tsx';
import type { TimelineLayout } from './timeline-layout.ts';
import type { TimelineModel } from './timeline-model.ts';
import { Fact } from '../page/fact.tsx';

interface MomentCardProps {
  readonly moment: Moment;
  readonly model: TimelineModel;
  /** The partition whose row is pointed at. */
  readonly partition: number | null;
  /** How near a rebalance must be to be told with its numbers. */
  readonly nearMs: number;
  readonly x: number;
  /** How far down the pointer is; null when there is none on this timeline. */
  readonly y: number | null;
  readonly layout: TimelineLayout;
}

/** More would cover the timeline. */
const MOST_OWNERS = 24;
const MOST_FAULTS = 2;
const WIDTH_PX = 300;
const AWAY_PX = 14;

/** What was so at the time under the line. The slider tells the same in words, so it is not read a second time. */
export function MomentCard({ moment, model, partition, nearMs, x, y, layout }: MomentCardProps) {
  const { at, step, owners, unowned, pauses, sample, faults } = moment;
  const fitsRight = x + AWAY_PX + WIDTH_PX <= layout.width;
  const left = fitsRight ? x + AWAY_PX : Math.max(0, x - AWAY_PX - WIDTH_PX);
  const down = y ?? layout.partitions.top;
  // In the lower half it grows upwards, so that it stays on the screen.
  const place = down > layout.height / 2 ? { bottom: `${layout.height - down}px` } : { top: `${down}px` };
  return (
    <div
      class={`moment ${owners.length > 8 ? 'is-long' : ''}`}
      style={{ left: `${left}px`, ...place }}
      aria-hidden="true"
      data-testid="moment"
    >
      <p class="moment-time">
        <strong>{formatOffset(at, 1)}</strong> <span>{formatTimeOfDay(model.startedAt + at)}</span>
      </p>
      <p class="moment-step">{step === null ? 'between steps' : `${step.index + 1}  ${step.text}`}</p>
      {faults.slice(0, MOST_FAULTS).map(({ of }) => (
        <p key={`${of.at} ${of.text}`} class={`moment-fault fault-${of.kind}`}>
          {of.text}
        </p>
      ))}
      {faults.length > MOST_FAULTS && <p>and {faults.length - MOST_FAULTS} more around: zoom in to tell them apart</p>}
      <Generation moment={moment} nearMs={nearMs} />
      {partition !== null && <PartitionLine moment={moment} model={model} partition={partition} />}
      {sample !== null && (
        <dl class="moment-facts">
          <Fact name="lag" value={formatCount(sample.lag)} />
          <Fact name="produced" value={`${formatRate(sample.produced)}/s`} />
          <Fact name="processed" value={`${formatRate(sample.processed)}/s`} />
          <Fact name="members" value={String(sample.members)} />
          {sample.busy !== null && <Fact name="processors" value={`${Math.round(sample.busy * 100)} %`} />}
        </dl>
      )}
      {sample !== null && isSpan(sample) && (
        <p class="moment-span">
          of {formatDuration(sample.spanMs)}: rates are means, lag and members those at its end, lag at most{' '}
          {formatCount(sample.mostLag)}
        </p>
      )}
      <ul class="moment-owners">
        {owners.slice(0, MOST_OWNERS).map(({ owner, partitions }) => (
          <li key={owner.name}>
            <Swatch look={owner} />
            <bdi>{owner.short}</bdi>
            <strong>{formatRanges(partitions)}</strong>
          </li>
        ))}
        {owners.length > MOST_OWNERS && <li>and {owners.length - MOST_OWNERS} more</li>}
        {unowned.length > 0 && (
          <li class="is-warning">
            <span>no owner</span>
            <strong>{formatRanges(unowned)}</strong>
          </li>
        )}
      </ul>
      {pauses.length > 0 && <p class="is-warning">paused: {formatRanges(pauses.map(({ of }) => of.partition))}</p>}
    </div>
  );
}

function Generation({ moment: { at, rebalance }, nearMs }: { moment: Moment; nearMs: number }) {
  if (rebalance === null) return null;
  const { generation, cause, membersBefore, membersAfter, moved } = rebalance.of;
  return (
    <p class="moment-generation">
      generation {generation}: <Sentence text={cause.sentence} />
      {Math.abs(at - rebalance.at) <= nearMs && (
        <span>
          {' '}
          ({membersBefore} → {membersAfter} members, {moved} moved)
        </span>
      )}
    </p>
  );
}

function PartitionLine({ moment, model, partition }: { moment: Moment; model: TimelineModel; partition: number }) {
  const bar = findCovering(model.bars[partition] ?? [], moment.at);
  const pause = moment.pauses.find(({ of }) => of.partition === partition);
  return (
    <p class="moment-partition" data-testid="moment-partition">
      <strong>partition {partition}</strong>:{' '}
      {bar === undefined ? 'no owner' : `${bar.owner.name}, for ${formatDuration(bar.to - bar.from)}`}
      {pause !== undefined && <span class="is-warning">, paused for {formatDuration(pause.to - pause.from)}</span>}
    </p>
  );
}
