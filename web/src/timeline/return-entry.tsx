import type { Return } from '../../../lib/contracts/lab-snapshot.ts';
import { formatTimeOfDay } from '../format/format-duration.ts';
import { Age } from '../page/age.tsx';
import { Sentence } from '../page/sentence.tsx';

/** A static member that came back under its id: the group did not rebalance. */
export function ReturnEntry({ returned }: { returned: Return }) {
  const { generation, at, clientId } = returned;
  return (
    <li class="entry" data-return={clientId}>
      <p class="entry-head">
        <span class="cause">came back</span>
        <span class="entry-time">
          <Age at={at} /> · {formatTimeOfDay(at)}
        </span>
      </p>
      <p class="entry-cause">
        <Sentence text={`${clientId} came back under its id, nobody noticed`} />
      </p>
      <p class="entry-facts">
        <span>generation {generation} goes on</span>
        <span>nothing moved</span>
      </p>
    </li>
  );
}
