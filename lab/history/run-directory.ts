import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import { readJsonLines } from '../../lib/lines/read-json-lines.ts';
import { readFileWhole } from '../read-file-whole.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import { createInterner } from './create-interner.ts';
import { evidenceListSchemas, evidenceSchema } from './history-schemas.ts';
import { parseAs, parseJsonAs } from './parse-as.ts';
import type { Evidence } from './lab-observer.ts';

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
/** What may be long stands in files of its own, one line each. */
const LISTS = ['log', 'receipts', 'generations', 'commits'] as const;
type List = (typeof LISTS)[number];

/** Makes the directory of a run, if it is not there. */
export async function makeRunDirectory(dir: string): Promise<RunDirectory> {
  await mkdir(dir, { recursive: true });
  return openRunDirectory(dir);
}

/** The directory of a run that is over. */
export function openRunDirectory(dir: string): RunDirectory {
  return { dir, file: (name) => path.join(dir, name) };
}

/** Writes down what Kafka held of the run; `evidence.json` last, which says that all of it is there. */
export async function writeEvidence(run: RunDirectory, evidence: Evidence): Promise<void> {
  for (const list of LISTS) {
    await pipeline(Readable.from(toLines(evidence[list])), createWriteStream(run.file(`${list}.jsonl`)));
  }
  const { deadLetters, otherLetters } = evidence;
  // A list that was cut off between two lines looks whole by itself.
  const lines = Object.fromEntries(LISTS.map((list) => [list, evidence[list].length]));
  const { partitions, cleanupPolicy, logRange, ledgerRange, committed, groupReading, uncounted } = evidence;
  const rest = {
    partitions,
    cleanupPolicy,
    logRange,
    ledgerRange,
    committed,
    groupReading,
    uncounted,
    deadLetters,
    otherLetters,
    lines,
  };
  // Whole or not at all.
  const draft = run.file(`${EVIDENCE_FILE}.draft`);
  await writeFile(draft, `${JSON.stringify(rest, undefined, 2)}\n`);
  await rename(draft, run.file(EVIDENCE_FILE));
}

/** Whether all of what Kafka held of the run was written down. */
export async function hasEvidence(run: RunDirectory): Promise<boolean> {
  return access(run.file(EVIDENCE_FILE)).then(
    () => true,
    () => false,
  );
}

/**
 * @returns what was written down, or undefined when it was not, or not all of it
 * @throws AppError `data-mismatch`, `not-found` with file and line when something else stands there
 */
export async function readEvidence(run: RunDirectory): Promise<Evidence | undefined> {
  if (!(await hasEvidence(run))) return undefined;
  const { lines, ...rest } = parseJsonAs(
    run.file(EVIDENCE_FILE),
    evidenceSchema,
    await readFileWhole(run.file(EVIDENCE_FILE), LONGEST_EVIDENCE_BYTES),
  );
  const readList = <Schema extends z.ZodType>(name: List, schema: Schema) =>
    readLines(run.file(`${name}.jsonl`), schema);
  const [log, receipts, generations, commits] = await Promise.all([
    readList('log', evidenceListSchemas.log),
    readList('receipts', evidenceListSchemas.receipts),
    readList('generations', evidenceListSchemas.generations),
    readList('commits', evidenceListSchemas.commits),
  ]);
  const lists = { log, receipts, generations, commits };
  for (const list of LISTS) refuseCut(run.file(`${list}.jsonl`), lists[list].length, lines?.[list]);
  return { ...rest, ...lists };
}

function refuseCut(file: string, found: number, written: number | undefined): void {
  if (written === undefined || written === found) return;
  const numbers = `it has ${String(found)} lines, and ${String(written)} were written`;
  throw new AppError('data-mismatch', `${file} is cut off, or something was added to it: ${numbers}`);
}

function* toLines(items: readonly object[]): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

async function readLines<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>[]> {
  const items: z.infer<Schema>[] = [];
  const intern = createInterner();
  // Times differ from line to line, and are not worth keeping.
  const revive = (field: string, value: unknown): unknown =>
    typeof value === 'string' && !field.endsWith('At') ? intern(value) : value;
  await readJsonLines(file, (value) => void items.push(parseAs(schema, value)), { revive });
  return items;
}
