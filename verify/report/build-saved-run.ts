import type { SavedFault, SavedOwnership, SavedPause, SavedRun, SavedSample } from '../../lib/contracts/saved-run.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Generation, RunFacts } from '../checks/history.ts';
import { LEAST_PAUSE_MS, type RunMeasurement } from '../checks/measure-run.ts';
import type { JournalContent } from '../history/read-journal.ts';
import { isHealing } from '../scenarios/steps/registry.ts';
import { condenseRun } from './condense-run.ts';
import { listNotes } from './list-notes.ts';
import { listPercentiles } from './list-percentiles.ts';
import type { RunPicture } from './run-picture.ts';
import type { JudgedRun } from '../runs/judge-run.ts';

/** Makes the document of a run, which its page and all comparisons are made from. */
export function buildSavedRun({ journal, run, measurement, picture, rebalances, judgement }: JudgedRun): SavedRun {
  const { header } = journal;
  const { history } = run;
  const endedAt = journal.end?.at ?? journal.lastAt;
  const ownership = buildOwnership(history.generations, header.startedAt, endedAt);
  return condenseRun({
    format: 1,
    runId: header.runId,
    scenario: header.scenario,
    platform: header.platform,
    groupId: header.groupId,
    topic: header.topic,
    partitions: history.partitions,
    startedAt: header.startedAt,
    endedAt,
    verdict: judgement.verdict,
    checks: judgement.checks.map((check) => ({ ...check, evidence: [...check.evidence] })),
    notes: listNotes(run),
    steps: history.steps.map(({ index, text, startedAt, endedAt: stepEnd, outcome, detail }) => ({
      index,
      text,
      startedAt,
      endedAt: stepEnd,
      outcome: outcome === 'error' ? 'failed' : outcome,
      detail,
    })),
    faults: buildFaults(journal),
    replicas: [...new Set(ownership.map(({ owner }) => owner))],
    ownership,
    pauses: buildPauses(measurement),
    rebalances: [...rebalances],
    samples: buildSamples(picture, history, journal),
    percentiles: listPercentiles(journal, picture, measurement),
    settings: listFacts(header.settings),
    versions: listFacts(header.versions),
    machine: listFacts(header.machine),
  });
}

function listFacts(facts: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(facts).map(([name, value]) => ({ name, value }));
}

/** Who owned what from when to when, generation by generation; the coordinator's clock is close enough for a picture. */
function buildOwnership(generations: readonly Generation[], startedAt: number, endedAt: number): SavedOwnership[] {
  return generations.flatMap(({ generation, at, members }, index) => {
    const from = Math.max(at, startedAt);
    const to = Math.max(from, generations[index + 1]?.at ?? endedAt);
    return members.flatMap(({ member, partitions }) =>
      partitions.map((partition) => ({ partition, generation, owner: member, from, to })),
    );
  });
}

function buildFaults({ faults, events }: JournalContent): SavedFault[] {
  const injected = faults.map(({ at, kind, target, rule }): SavedFault => ({
    at,
    kind: isHealing(kind) ? 'heal' : 'inject',
    target,
    text: rule === target ? `${kind} ${target}` : `${kind} ${target} (${rule})`,
  }));
  return [...injected, ...events.flatMap(readEvent)].sort((a, b) => a.at - b.at);
}

function readEvent(event: PlatformEvent): SavedFault[] {
  if (event.kind !== 'phase' || event.from === undefined) return [];
  const { name, phase } = event.replica;
  const because = event.reason === undefined ? '' : ` (${event.reason})`;
  return [{ at: event.at, kind: 'event', target: name, text: `${name} ${phase}${because}` }];
}

/** Those that are pauses at all; one that outlasts its step is told once. */
function buildPauses({ steps }: RunMeasurement): SavedPause[] {
  const seen = new Set<string>();
  return steps.flatMap(({ step, pauses }) =>
    pauses.flatMap(({ partition, from, to, pauseMs }) => {
      const name = `${String(partition)}:${String(from)}`;
      if (pauseMs < LEAST_PAUSE_MS || seen.has(name)) return [];
      seen.add(name);
      return [{ partition, from, to, step: step.index }];
    }),
  );
}

/** Second by second: what was stored, what was processed for the first time, and what waited. */
function buildSamples(
  picture: RunPicture,
  { generations }: RunFacts,
  { header, machine }: JournalContent,
): SavedSample[] {
  const busy = new Map(machine.map((sample) => [picture.findSecond(sample.at), sample.busy]));
  let lag = 0;
  let generation = 0;
  return Array.from(picture.produced, (produced, index) => {
    const at = header.startedAt + (index + 1) * 1000;
    const processed = picture.processed[index] ?? 0;
    lag += produced - processed;
    while ((generations[generation + 1]?.at ?? Infinity) <= at) generation += 1;
    return {
      at,
      lag: Math.max(0, lag),
      producedPerSecond: produced,
      processedPerSecond: processed,
      members: generations[generation]?.members.length ?? 0,
      busy: busy.get(index) ?? null,
    };
  });
}
