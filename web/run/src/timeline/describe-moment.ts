import { formatDuration } from '../../../src/format/format-duration.ts';
import { formatAmount, formatCount, formatRate } from '../../../src/format/format-number.ts';
import { formatRanges } from '../../../src/format/format-ranges.ts';
import { formatOffset } from '../format/format-offset.ts';
import type { Moment, MomentSample } from './find-moment.ts';

/** A moment in one piece of text, for those who do not see the timeline. */
export function describeMoment(moment: Moment): string {
  const { step, rebalance, owners, unowned, pauses, sample, faults } = moment;
  const parts = [
    `${formatOffset(moment.at, 1)} since the start`,
    ...faults.slice(0, 1).map(({ of }) => of.text),
    step === null ? 'between steps' : `step ${step.index + 1}: ${step.text}`,
    ...(rebalance === null ? [] : [`generation ${rebalance.of.generation}: ${rebalance.of.cause.sentence}`]),
    ...owners.map(({ owner, partitions }) => `${owner.name} owns ${formatRanges(partitions)}`),
    ...(unowned.length > 0 ? [`nobody owns ${formatRanges(unowned)}`] : []),
    ...pauses.map(({ from, to, of }) => `partition ${of.partition} pauses for ${formatDuration(to - from)}`),
    ...(sample === null
      ? []
      : [
          `lag ${formatLag(sample)}`,
          `produced ${formatRate(sample.produced)} and processed ${formatRate(sample.processed)} records a second${describeSpan(sample)}`,
          formatAmount(sample.members, 'member'),
        ]),
  ];
  return `${parts.join('. ')}.`;
}

/** Whether a sample tells of more than a second, so that its rates are means. */
export function isSpan({ spanMs }: MomentSample): boolean {
  return spanMs > 1000;
}

/** At the end of a span, and how much there was at most within it. */
function formatLag({ lag, mostLag }: MomentSample): string {
  return mostLag === lag ? formatCount(lag) : `${formatCount(lag)}, at most ${formatCount(mostLag)}`;
}

function describeSpan(sample: MomentSample): string {
  return isSpan(sample) ? ` over ${formatDuration(sample.spanMs)}` : '';
}
