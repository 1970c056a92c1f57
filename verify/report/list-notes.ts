import { describeClocks } from '../checks/clocks.ts';
import { describeUncounted } from '../checks/completeness.ts';
import type { RunContext } from '../checks/prepare-run.ts';

/** What to know about how a run was judged, beside its checks: sentences without a full stop. */
export function listNotes({ clocks, history }: RunContext): string[] {
  return [...describeClocks(clocks), ...describeUncounted(history.uncounted)];
}
