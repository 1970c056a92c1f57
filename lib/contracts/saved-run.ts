import { z } from 'zod';
import { PLATFORM_NAMES } from './platform-name.ts';

/*
 * A run of a scenario as it is saved and shown: what was done, who owned what, what it cost, and the verdict. One
 * document per run, `run.json` in its directory; the page of the run is made from it and from nothing else. Times are
 * milliseconds since the epoch by the verifier's clock, rates are records a second.
 */

const time = z.int();
const rate = z.number().min(0);

/** Unknown is not pass: something that was needed to judge is missing. */
const verdictSchema = z.enum(['pass', 'fail', 'unknown']);

const savedCheckSchema = z.object({
  name: z.string(),
  verdict: verdictSchema,
  summary: z.string().describe('One sentence in plain words, with the numbers.'),
  measurements: z.record(z.string(), z.number()),
  evidence: z.array(z.unknown()).describe('The very records behind the verdict, at most ten.'),
});

const savedStepSchema = z.object({
  index: z.int().min(0),
  text: z.string().describe('The step in words: `scale consumer to 7`, `kill kafka-1 (the leader of partition 0)`.'),
  startedAt: time,
  endedAt: time.nullable().describe('null when the run ended within it.'),
  outcome: z.enum(['done', 'failed', 'unsupported', 'pending']),
  detail: z.string().nullable().describe('Why it was not done; or what it measured, in words.'),
});

const savedFaultSchema = z.object({
  at: time,
  kind: z.enum(['inject', 'heal', 'event']).describe('event: the platform saw it, nobody asked for it.'),
  target: z.string().nullable().describe('Name of the replica or node.'),
  text: z.string(),
});

const savedOwnershipSchema = z.object({
  partition: z.int(),
  generation: z.int().describe('The first in which it had this owner.'),
  owner: z.string().describe('Client id of the owner, which is its pod.'),
  from: time,
  to: time.describe('When a generation was written in which it had another owner or none, or the run ended.'),
});

const savedPauseSchema = z.object({
  partition: z.int(),
  from: time.describe('Last record first processed before.'),
  to: time.describe('First record first processed after.'),
  step: z.int().nullable().describe('Index of the step under which it happened.'),
});

const savedRebalanceSchema = z.object({
  generation: z.int(),
  at: time,
  cause: z.object({ kind: z.string(), sentence: z.string() }),
  membersBefore: z.int(),
  membersAfter: z.int(),
  moved: z.int().describe('Partitions whose owner is another than before.'),
  isUnplanned: z
    .boolean()
    .describe(
      'A member lost its membership, and no pause of the run explains it. What completes such a rebalance is told with it.',
    ),
});

const savedSampleSpanSchema = z.object({
  ms: time.min(1).describe('How long it is; it ends at the sample’s time.'),
  mostLag: z.int(),
  leastProducedPerSecond: rate,
  mostProducedPerSecond: rate,
  leastProcessedPerSecond: rate,
  mostProcessedPerSecond: rate,
  leastMembers: z.int(),
  mostMembers: z.int(),
});

const savedSampleSchema = z.object({
  at: time.describe('End of the second, or of the span, that it tells of.'),
  lag: z.int().describe('Records stored and not yet first processed, at its end.'),
  producedPerSecond: rate,
  processedPerSecond: rate,
  members: z.int().describe('At its end.'),
  busy: z.number().min(0).max(1).nullable().describe('Share of the machine’s processors in use; null if unknown.'),
  span: savedSampleSpanSchema
    .optional()
    .describe('Of a sample of more than a second, whose rates are means: the extremes of the seconds in it.'),
});

const savedPercentilesSchema = z.object({
  name: z.string().describe('`pause of a partition`, `time to balance`, `acknowledgement`, `stored to processed`.'),
  unit: z.literal('ms'),
  count: z.int(),
  median: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

const fact = z.object({ name: z.string(), value: z.string() });

/** Which scenario a run is of, as its journal and its document say. */
export const runScenarioSchema = z.object({
  name: z.string(),
  description: z.string(),
  seed: z.int(),
  file: z.string().exactOptional().describe('As it was named, when it is not one of the lab’s own.'),
});

/** A run of a scenario with its verdict, as it is kept in a file: the page of a run needs nothing else. */
export const savedRunSchema = z.object({
  format: z.literal(1),
  runId: z.string(),
  scenario: runScenarioSchema,
  platform: z.enum(PLATFORM_NAMES),
  groupId: z.string(),
  topic: z.string(),
  partitions: z.int(),
  startedAt: time,
  endedAt: time,
  verdict: verdictSchema,
  checks: z.array(savedCheckSchema),
  notes: z.array(z.string()).optional().describe('What to know about how it was judged: clocks that are off, say.'),
  steps: z.array(savedStepSchema),
  faults: z.array(savedFaultSchema),
  replicas: z.array(z.string()).describe('Every replica that owned a partition, in the order of its first.'),
  ownership: z.array(savedOwnershipSchema),
  pauses: z.array(savedPauseSchema).describe('The longest of each partition under each step, if it is a pause at all.'),
  rebalances: z.array(savedRebalanceSchema),
  samples: z
    .array(savedSampleSchema)
    .describe('Oldest first, one a second; of a long run one a span, whole around what happened.'),
  percentiles: z.array(savedPercentilesSchema),
  settings: z.array(fact),
  versions: z.array(fact),
  machine: z.array(fact),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type SavedCheck = z.infer<typeof savedCheckSchema>;
export type SavedStep = z.infer<typeof savedStepSchema>;
export type SavedFault = z.infer<typeof savedFaultSchema>;
export type SavedOwnership = z.infer<typeof savedOwnershipSchema>;
export type SavedPause = z.infer<typeof savedPauseSchema>;
export type SavedRebalance = z.infer<typeof savedRebalanceSchema>;
export type SavedSampleSpan = z.infer<typeof savedSampleSpanSchema>;
export type SavedSample = z.infer<typeof savedSampleSchema>;
export type SavedPercentiles = z.infer<typeof savedPercentilesSchema>;
export type SavedRun = z.infer<typeof savedRunSchema>;
