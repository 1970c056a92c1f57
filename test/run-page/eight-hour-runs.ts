import type { SavedFault, SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildSavedRun } from '../../web/run/dev/build-saved-run.ts';
import { buildBusyPlan, QUIET_PLAN } from '../../web/run/dev/saved-run-plans.ts';

const EVENTS = 2000;

/**
 * Eight hours second by second, with a row for each partition in each generation: scaled every half minute, and something
 * breaks or comes back every 14 s. More than a page can draw as it is.
 */
export function buildBusyEightHours(partitions = 50): SavedRun {
  const run = buildSavedRun({ partitions, plan: buildBusyPlan(5), recordsPerMemberPerSecond: 400 });
  return { ...run, faults: listEvents(run) };
}

/** Eight hours second by second in which one member is killed, and nothing else happens. */
export function buildQuietEightHours(partitions = 6): SavedRun {
  return buildSavedRun({ partitions, plan: QUIET_PLAN, recordsPerMemberPerSecond: 400 });
}

function listEvents({ startedAt, endedAt }: SavedRun): SavedFault[] {
  return Array.from({ length: EVENTS }, (_, index): SavedFault => {
    const at = startedAt + Math.round(((index + 0.5) / EVENTS) * (endedAt - startedAt));
    const target = `consumer-${String(1 + (Math.floor(index / 4) % 12))}`;
    const kinds: readonly Pick<SavedFault, 'kind' | 'text'>[] = [
      { kind: 'inject', text: `pause ${target} (any consumer)` },
      { kind: 'event', text: `${target} paused` },
      { kind: 'heal', text: `resume ${target} (what was paused)` },
      { kind: 'event', text: `${target} ready` },
    ];
    return { at, target, ...(kinds[index % 4] ?? { kind: 'event', text: target }) };
  });
}
