import type { Operation, Outcome } from '../checks/history.ts';
import type { JournalLine } from './journal.ts';

type Invocation = Extract<JournalLine, { kind: 'invoke' }>;
type Answer = Extract<JournalLine, { kind: 'ok' | 'fail' | 'unknown' }>;

/** The line of the journal that invokes the records of a request, whose sequences follow one another. */
export function toInvocations(batch: readonly Operation[]): readonly Invocation[] {
  const [first] = batch;
  if (first === undefined) return [];
  const { producer, sequence, invokedAt } = first;
  return [{ kind: 'invoke', at: invokedAt, producer, sequence, keys: batch.map(({ key }) => key) }];
}

/** Lines of what was answered: one for all that follow one another with the same answer. */
export function toAnswers(batch: readonly Operation[], at: number): readonly Answer[] {
  const answered = batch.filter(({ outcome }) => outcome.kind !== 'pending');
  return splitAt(answered, isOtherAnswer).flatMap((same) => toAnswer(same, at) ?? []);
}

/** Whether an operation needs a line of its own after the one before it. */
function isOtherAnswer(before: Operation, { sequence, outcome }: Operation): boolean {
  return (
    sequence !== before.sequence + 1 ||
    outcome.kind !== before.outcome.kind ||
    codeOf(outcome) !== codeOf(before.outcome)
  );
}

function codeOf(outcome: Outcome): string | undefined {
  return 'code' in outcome ? outcome.code : undefined;
}

function toAnswer(same: readonly Operation[], at: number): Answer | undefined {
  const [first] = same;
  if (first === undefined || first.outcome.kind === 'pending') return undefined;
  const { producer, sequence, outcome } = first;
  if (outcome.kind !== 'ok')
    return { kind: outcome.kind, at, producer, sequence, count: same.length, code: outcome.code };
  const stored = same.flatMap((each) => (each.outcome.kind === 'ok' ? [each.outcome] : []));
  return {
    kind: 'ok',
    at,
    producer,
    sequence,
    partitions: stored.map(({ partition }) => partition),
    offsets: stored.map(({ offset }) => offset),
  };
}

function splitAt<Item>(items: readonly Item[], isNext: (before: Item, item: Item) => boolean): readonly Item[][] {
  const parts: Item[][] = [];
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before === undefined || isNext(before, item)) parts.push([item]);
    else parts.at(-1)?.push(item);
  }
  return parts;
}
