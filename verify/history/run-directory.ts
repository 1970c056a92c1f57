import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { readJsonLines } from '../../lib/lines/read-json-lines.ts';
import type { Generation, LedgerEntry } from '../checks/history.ts';
import { Names } from '../checks/names.ts';
import { createColumns, RecordsBuilder, type RecordColumns } from '../checks/records.ts';
import type { PartitionContent } from '../checks/run.ts';
import { readFileWhole } from '../../lib/lines/read-file-whole.ts';
import type { Evidence, EvidenceSink } from './evidence.ts';
import { FramedListWriter, readFramedList, type ListPart } from './framed-list.ts';
import { evidenceListSchemas, evidenceSchema } from './history-schemas.ts';
import { parseAs, parseJsonAs } from './parse-as.ts';
import { addBlock, RecordBlocks } from './record-blocks.ts';

/** Everything that is kept of a run, in one directory. */
export interface RunDirectory {
  readonly dir: string;
  /** Path of a file in it. */
  file(name: string): string;
}

/** Where a run's directory has what its consumers printed, in a file of each replica's name. */
export const OUTPUT_FOLDER = 'output';
const EVIDENCE_FILE = 'evidence.json';
const LONGEST_EVIDENCE_BYTES = 64 * 1024 * 1024;
const GENERATIONS_FILE = 'generations.jsonl';
/** Room for so many records is made beforehand at most, whatever a file says of how many there are. */
const MOST_ROOM = 1 << 24;
/** What may be long stands in files of its own. */
const LISTS = { log: 'log.jsonl.zst', receipts: 'receipts.jsonl.zst', commits: 'commits.jsonl.zst' } as const;

/** Makes the directory of a run, if it is not there. */
export async function makeRunDirectory(dir: string): Promise<RunDirectory> {
  await mkdir(dir, { recursive: true });
  return openRunDirectory(dir);
}

/** The directory of a run that is over. */
export function openRunDirectory(dir: string): RunDirectory {
  return { dir, file: (name) => path.join(dir, name) };
}

/**
 * Writes down what Kafka held of the run as it is read; `evidence.json` last, which says that all of it is there.
 *
 * @param read hands the long lists over one by one, and returns the rest
 */
export async function writeEvidence(run: RunDirectory, read: (sink: EvidenceSink) => Promise<Evidence>): Promise<void> {
  const writers = {
    log: new FramedListWriter(run.file(LISTS.log)),
    receipts: new FramedListWriter(run.file(LISTS.receipts)),
    commits: new FramedListWriter(run.file(LISTS.commits)),
  };
  const blocks = new RecordBlocks((partition, block) => writers.log.write(partition, block, block.offsets.length));
  const endAll = () => ({ log: writers.log.end(), receipts: writers.receipts.end(), commits: writers.commits.end() });
  let evidence: Evidence;
  try {
    evidence = await read({
      record: (record) => blocks.add(record),
      receipt: (receipt) => writers.receipts.write(receipt.partition, receipt),
      commit: (commit) => writers.commits.write(commit.partition, commit),
    });
  } catch (error) {
    endAll();
    throw error;
  }
  blocks.flush();
  const parts = endAll();
  const { generations, ...rest } = evidence;
  await writeFile(run.file(GENERATIONS_FILE), generations.map((each) => `${JSON.stringify(each)}\n`).join(''));
  // A list that was cut off between two lines looks whole by itself.
  const document = { ...rest, generationLines: generations.length, parts };
  // Whole or not at all.
  const draft = run.file(`${EVIDENCE_FILE}.draft`);
  await writeFile(draft, `${JSON.stringify(document)}\n`);
  await rename(draft, run.file(EVIDENCE_FILE));
}

/** Whether all of what Kafka held of the run was written down. */
export async function hasEvidence(run: RunDirectory): Promise<boolean> {
  return access(run.file(EVIDENCE_FILE)).then(
    () => true,
    () => false,
  );
}

/** What was written down of what Kafka held; its long lists are read when they are asked for. */
export interface SavedEvidence {
  readonly facts: Evidence;
  /** Partitions that anything is known of. */
  readonly partitions: readonly number[];
  /** How many commits there are. */
  readonly commits: number;
  /** Of all partitions. @throws AppError `not-found`, `data-mismatch` */
  receipts(): Generator<LedgerEntry>;
  /**
   * What there is of a partition. The records of the one that was loaded before are gone.
   *
   * @throws AppError `not-found`, `data-mismatch`
   */
  load(partition: number, keys: Names): PartitionContent;
}

/**
 * @returns what was written down, or undefined when it was not, or not all of it
 * @throws AppError `data-mismatch`, `not-found` with the file when something else stands there
 */
export async function openEvidence(run: RunDirectory): Promise<SavedEvidence | undefined> {
  if (!(await hasEvidence(run))) return undefined;
  const { generationLines, parts, ...rest } = parseJsonAs(
    run.file(EVIDENCE_FILE),
    evidenceSchema,
    await readFileWhole(run.file(EVIDENCE_FILE), LONGEST_EVIDENCE_BYTES),
  );
  const generations = await readGenerations(run.file(GENERATIONS_FILE), generationLines);
  // The largest partition needs them, and they are used for each.
  let columns: RecordColumns | undefined;
  // Of the texts of a receipt these are the same in many.
  const names = new Names();
  const intern = (text: string): string => names.at(names.add(text));
  const readReceipts = function* (isWanted?: (part: ListPart) => boolean): Generator<LedgerEntry> {
    for (const line of readFramedList(run.file(LISTS.receipts), parts.receipts, isWanted)) {
      const receipt = parseLine(run.file(LISTS.receipts), evidenceListSchemas.receipts, line);
      [receipt.topic, receipt.member] = [intern(receipt.topic), intern(receipt.member)];
      yield receipt;
    }
  };
  return {
    facts: { ...rest, generations },
    partitions: [...new Set([...parts.log, ...parts.receipts].map(({ partition }) => partition))],
    commits: countEntries(parts.commits),
    receipts: () => readReceipts(),
    load(partition, keys) {
      const isWanted = (part: ListPart): boolean => part.partition === partition;
      columns ??= createColumns(Math.min(MOST_ROOM, Math.max(0, ...parts.log.map(({ entries }) => entries))));
      const records = new RecordsBuilder(partition, keys, columns);
      for (const line of readFramedList(run.file(LISTS.log), parts.log, isWanted))
        addBlock(records, parseLine(run.file(LISTS.log), evidenceListSchemas.log, line));
      const commits = [...readFramedList(run.file(LISTS.commits), parts.commits, isWanted)].map((line) =>
        parseLine(run.file(LISTS.commits), evidenceListSchemas.commits, line),
      );
      return { logged: records.build(), receipts: [...readReceipts(isWanted)], commits };
    },
  };
}

function countEntries(parts: readonly ListPart[]): number {
  return parts.reduce((sum, { entries }) => sum + entries, 0);
}

function parseLine<Schema extends z.ZodType>(file: string, schema: Schema, line: unknown): z.infer<Schema> {
  try {
    return parseAs(schema, line);
  } catch (error) {
    throw new AppError('data-mismatch', `${file} is damaged: ${messageOf(error)}`, { cause: error });
  }
}

async function readGenerations(file: string, written: number): Promise<Generation[]> {
  const generations: Generation[] = [];
  await readJsonLines(file, (line) => void generations.push(parseAs(evidenceListSchemas.generations, line)));
  if (generations.length === written) return generations;
  const numbers = `it has ${String(generations.length)} lines, and ${String(written)} were written`;
  throw new AppError('data-mismatch', `${file} is cut off, or something was added to it: ${numbers}`);
}
