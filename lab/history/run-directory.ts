import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInterner } from './create-interner.ts';
import type { Evidence } from './lab-observer.ts';

/** Everything that is kept of a run, in one directory. */
export interface RunDirectory {
  readonly dir: string;
  /** Path of a file in it. */
  file(name: string): string;
}

const EVIDENCE_FILE = 'evidence.json';
/** What may be long stands in files of its own, one line each. */
const LISTS = ['log', 'receipts', 'generations', 'commits'] as const;

/** Makes the directory of a run, if it is not there. */
export async function openRunDirectory(dir: string): Promise<RunDirectory> {
  await mkdir(dir, { recursive: true });
  return { dir, file: (name) => path.join(dir, name) };
}

/** Writes down what Kafka held of the run; `evidence.json` last, which says that all of it is there. */
export async function writeEvidence(run: RunDirectory, evidence: Evidence): Promise<void> {
  for (const list of LISTS) {
    await pipeline(Readable.from(toLines(evidence[list])), createWriteStream(run.file(`${list}.jsonl`)));
  }
  const { partitions, logRange, ledgerRange, committed, groupReading, deadLetters } = evidence;
  const rest = { partitions, logRange, ledgerRange, committed, groupReading, deadLetters };
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

/** @returns what was written down, or undefined when it was not, or not all of it */
export async function readEvidence(run: RunDirectory): Promise<Evidence | undefined> {
  if (!(await hasEvidence(run))) return undefined;
  const rest = JSON.parse(await readFile(run.file(EVIDENCE_FILE), 'utf8')) as Omit<Evidence, (typeof LISTS)[number]>;
  const [log, receipts, generations, commits] = await Promise.all(
    LISTS.map((list) => readLines(run.file(`${list}.jsonl`))),
  );
  return { ...rest, log, receipts, generations, commits } as Evidence;
}

function* toLines(items: readonly object[]): Generator<string> {
  for (const item of items) yield `${JSON.stringify(item)}\n`;
}

async function readLines(file: string): Promise<unknown[]> {
  const items: unknown[] = [];
  const intern = createInterner();
  // Times differ from line to line, and are not worth keeping.
  const revive = (name: string, value: unknown): unknown =>
    typeof value === 'string' && !name.endsWith('At') ? intern(value) : value;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    if (line !== '') items.push(JSON.parse(line, revive));
  }
  return items;
}
