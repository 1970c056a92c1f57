import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { ReplicaEvent, RunFacts, StepRecord } from '../checks/history.ts';
import type { Evidence } from './evidence.ts';
import type { JournalContent } from './read-journal.ts';

/** Puts together what the verifier saw and what Kafka holds. Without evidence nothing is known of Kafka. */
export function buildFacts(journal: JournalContent, evidence: Evidence | undefined): RunFacts {
  const { header, assignments, commitSamples, faults, replication, poisons } = journal;
  return {
    runId: header.runId,
    topic: header.topic,
    limits: header.limits,
    assignments,
    commitSamples,
    faults,
    replicaEvents: journal.events.flatMap(readReplicaEvent),
    replication,
    poisons,
    leftRecords: journal.end?.leftRecords,
    steps: listSteps(journal),
    ...(evidence === undefined ? describeUnread(header.partitions) : evidence),
  };
}

function readReplicaEvent(event: PlatformEvent): ReplicaEvent[] {
  if (event.kind !== 'phase' && event.kind !== 'removed') return [];
  const { at, replica, reason } = event;
  const { name, workload, restarts, phase } = replica;
  const told = { at, replica: name, workload, restarts, phase: event.kind === 'removed' ? 'removed' : phase };
  return [reason === undefined ? told : { ...told, reason }];
}

/** The steps there were, and one for those that never came. */
function listSteps({ steps, over, lastAt }: JournalContent): readonly StepRecord[] {
  // A step that was not done tells by itself why there are no others.
  if (over?.isComplete === true || steps.some(({ outcome }) => outcome !== 'done')) return steps;
  const rest: StepRecord = {
    index: steps.length,
    kind: 'rest',
    text: 'the rest of the scenario',
    startedAt: lastAt,
    endedAt: null,
    outcome: 'pending',
    detail: over?.reason ?? 'the verifier ended before it',
  };
  return [...steps, rest];
}

function describeUnread(partitions: number): Evidence {
  return {
    partitions,
    logRange: [],
    ledgerRange: [],
    committed: [],
    generations: [],
    groupReading: 'unread',
    deadLetters: [],
  };
}
