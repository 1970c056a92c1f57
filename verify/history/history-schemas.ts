/**
 * What the files of a run's directory may hold. They may have been written by another version, cut off, or be no run's
 * at all; what is read of them is held to this before it is judged. Offsets are not held to be exact: any client may
 * commit one that no number has.
 */
import { z } from 'zod';
import { PLATFORM_NAMES } from '../../lib/contracts/platform-name.ts';
import { runScenarioSchema } from '../../lib/contracts/saved-run.ts';

/** Milliseconds since the epoch, as far as a `Date` goes. */
const time = z.number().min(0).max(8.64e15);
const offset = z.number();
/** Far beyond what Kafka holds in a topic; lists of all of them are made. */
const partition = z.int().min(0).max(1_000_000);
const count = z.number().min(0);
const ends = z.array(z.tuple([partition, offset]));
const facts = z.record(z.string(), z.string());
const crc = z.int().min(0).max(0xff_ff_ff_ff);
const place = z.object({ partition, offset });
const assignedMember = z.object({ member: z.string(), memberId: z.string(), partitions: z.array(partition) });

/** Names the member of a union by which the others are told apart. */
const line = <Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) =>
  z.object({ kind: z.literal(kind), ...shape });
const isNumber = (item: unknown): item is number => typeof item === 'number' && Number.isFinite(item);
const isString = (item: unknown): item is string => typeof item === 'string';
/** An unsigned number of 32 bits. */
const isCount = (item: unknown): item is number => isNumber(item) && item >>> 0 === item;

function orNull<Item>(isItem: (item: unknown) => item is Item): (item: unknown) => item is Item | null {
  return (item): item is Item | null => item === null || isItem(item);
}

/** A list of millions of entries: to look at each by a schema of its own takes longer than to judge it. */
function column<Item>(isItem: (item: unknown) => item is Item) {
  return z.custom<readonly Item[]>(
    (list) => Array.isArray(list) && list.every(isItem),
    'it holds what may not be there',
  );
}

const sequence = z.int().min(0).max(1_000_000_000);
const asked = { at: time, producer: z.string(), sequence };

/** How a run's journal begins. */
const runHeaderSchema = line('run', {
  format: z.literal(2, 'it was recorded by another version of the lab, which can judge it'),
  runId: z.string(),
  scenario: runScenarioSchema,
  limits: z.object({
    balanceMs: count.exactOptional(),
    pauseMs: count.exactOptional(),
    dip: count.exactOptional(),
    duplicates: count.exactOptional(),
  }),
  platform: z.enum(PLATFORM_NAMES),
  clusterId: z.string().nullable(),
  dataDir: z.string().exactOptional(),
  groupId: z.string(),
  topic: z.string(),
  receiptsTopic: z.string(),
  partitions: partition,
  startedAt: time,
  start: z.object({ log: ends, ledger: ends, deadLetters: ends, group: offset }),
  settings: facts,
  versions: facts,
  machine: facts,
});

/** Any line of a journal. */
export const journalLineSchema = z.discriminatedUnion('kind', [
  runHeaderSchema,
  line('invoke', { ...asked, keys: column(isString) }),
  line('ok', { ...asked, partitions: column(isCount), offsets: column(isNumber) }),
  line('fail', { ...asked, count: z.int().min(1).max(1_000_000), code: z.string() }),
  line('unknown', { ...asked, count: z.int().min(1).max(1_000_000), code: z.string() }),
  line('step-begins', { at: time, index: z.int().min(0), step: z.string(), text: z.string() }),
  line('step-ends', {
    at: time,
    index: z.int().min(0),
    outcome: z.enum(['done', 'failed', 'unsupported', 'error', 'pending']),
    detail: z.string().nullable(),
    balanceMs: count.exactOptional(),
  }),
  line('fault', { fault: z.object({ at: time, kind: z.string(), target: z.string() }), rule: z.string() }),
  line('platform', {
    event: z.discriminatedUnion('kind', [
      z.looseObject({
        at: time,
        kind: z.enum(['phase', 'removed']),
        replica: z.looseObject({ name: z.string(), workload: z.string(), phase: z.string(), restarts: count }),
        from: z.string().exactOptional(),
        reason: z.string().exactOptional(),
      }),
      z.looseObject({ at: time, kind: z.enum(['scaled', 'fault', 'node']) }),
    ]),
  }),
  line('assignment', {
    assignment: z.object({
      generation: z.int(),
      at: time,
      replicas: z.int(),
      members: z.array(assignedMember),
    }),
  }),
  line('commit-sample', {
    sample: z.object({
      at: time,
      partitions: z.array(z.object({ partition, committedOffset: offset.nullable(), ledgerEnd: offset })),
    }),
  }),
  line('machine', { sample: z.object({ at: time, busy: z.number(), load1: z.number(), stalledMs: z.number() }) }),
  line('rebalance', {
    rebalance: z.looseObject({
      generation: z.number(),
      at: time,
      cause: z.object({ kind: z.string(), sentence: z.string() }),
      // Runs of before 2026-12 do not say.
      completes: z.number().nullable().default(null),
      membersBefore: count,
      membersAfter: count,
      moves: z.array(z.unknown()),
    }),
  }),
  line('poison', { at: time, poison: place.extend({ valueCrc: crc.exactOptional() }) }),
  line('replication', {
    replication: z.object({ at: time, underReplicated: count, brokers: count, expectedBrokers: count }),
  }),
  line('over', { at: time, isComplete: z.boolean(), reason: z.string() }),
  line('end', { at: time, log: ends, leftRecords: count }),
]);

const range = z.object({
  partition,
  logStart: offset,
  logEnd: offset,
  endBeforeRun: offset,
  readFrom: offset.exactOptional(),
  readTo: offset.exactOptional(),
  unreadable: z.object({ offset, reason: z.string() }).exactOptional(),
});

const length = z.int().min(0).max(0x7f_ff_ff_ff);
const parts = z.array(z.object({ partition, lines: count, entries: length, frames: z.array(length) }));

/** What `evidence.json` says of what Kafka held. */
export const evidenceSchema = z.object({
  partitions: partition,
  cleanupPolicy: z.string().exactOptional(),
  logRange: z.array(range),
  ledgerRange: z.array(range),
  committed: z.array(
    z.object({ partition, committedOffset: offset.nullable(), readAt: time, logEnd: offset.exactOptional() }),
  ),
  groupReading: z.enum(['whole', 'cut', 'unread']),
  deadLetters: z.array(place),
  otherLetters: z.array(crc).exactOptional(),
  /** How many lines the list of generations beside it has. */
  generationLines: z.int(),
  /** Where each partition is in the long lists beside it. */
  parts: z.object({ log: parts, receipts: parts, commits: parts }),
  uncounted: z.object({ count, examples: z.array(place.extend({ reason: z.string() })).max(100) }).exactOptional(),
});

/** The lines of the lists beside it, by the name of their file. */
export const evidenceListSchemas = {
  /** Records of one partition in columns: what stands at the same place in each is one record. */
  log: z
    .object({
      offsets: column(isNumber),
      keys: column(orNull(isString)),
      // By a foreign clock, which may count anything.
      storedAt: column(orNull(isNumber)),
      valueCrcs: column(orNull(isCount)),
      /** Places in `senders`, null for no load record: one for each record, or one for all. */
      sender: column(orNull(isCount)),
      // Anybody may number a record as they like.
      sequences: column(orNull(isNumber)),
      /** Run and producer. */
      senders: z.array(z.tuple([z.string(), z.string()])),
    })
    .refine(
      ({ offsets: { length }, keys, storedAt, valueCrcs, sequences, sender }) =>
        [keys, storedAt, valueCrcs, sequences].every((column) => column.length === length) &&
        (sender.length === length || sender.length === 1),
      'its columns are not of the same length',
    ),
  receipts: z.object({
    topic: z.string(),
    partition,
    from: offset,
    to: offset,
    member: z.string(),
    generation: z.int().exactOptional(),
    records: z.int().exactOptional(),
    digest: z.string().exactOptional(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    ledgerOffset: offset,
    appendedAt: time.exactOptional(),
  }),
  generations: z.object({
    generation: z.int(),
    at: time,
    members: z.array(assignedMember.extend({ sessionTimeoutMs: count, groupInstanceId: z.string().exactOptional() })),
  }),
  commits: z.object({ partition, offset, at: z.number() }),
} as const;

/** Records of a partition's log in columns, as a line of the list has them. */
export type RecordBlock = z.infer<typeof evidenceListSchemas.log>;
