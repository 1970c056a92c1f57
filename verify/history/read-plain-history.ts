import type { AssignmentSnapshot, History, Operation } from '../checks/history.ts';
import { createListSink, type RunStart } from './evidence.ts';
import type { LabObserver } from './lab-observer.ts';

const BROKERS = 3;

/** A run without a scenario, as far as it is known beside Kafka. */
export interface PlainRun {
  readonly runId: string;
  readonly start: RunStart;
  /** Where the topic ended when every operation had its answer, by partition. */
  readonly end: ReadonlyMap<number, number>;
  readonly operations: readonly Operation[];
  readonly assignments: readonly AssignmentSnapshot[];
}

/** The history of a run without a scenario. */
export async function readPlainHistory(
  observer: Pick<LabObserver, 'topic' | 'readEvidence' | 'inspectBrokers' | 'countLeft'>,
  { runId, start, end, operations, assignments }: PlainRun,
): Promise<History> {
  const { sink, lists } = createListSink();
  const evidence = await observer.readEvidence({ start, end }, sink);
  const { underReplicated, brokers } = await observer.inspectBrokers();
  return {
    runId,
    topic: observer.topic,
    operations,
    assignments,
    ...evidence,
    ...lists,
    commitSamples: undefined,
    leftRecords: await observer.countLeft(end),
    steps: [],
    faults: [],
    replicaEvents: [],
    replication: { at: Date.now(), underReplicated, brokers: brokers.length, expectedBrokers: BROKERS },
    poisons: [],
    limits: {},
  };
}
