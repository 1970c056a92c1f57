import { finish } from './peer-process.ts';
import { buildKey, buildMessage } from './records.ts';

export interface ProduceInstructions {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** How many records each pass stores. */
  readonly recordsPerPass: number;
  readonly passes: number;
}

export interface Row {
  readonly key: string;
  readonly value: string;
}

const RECORDS_PER_SEND = 500;
const CONCURRENT_SENDS = 5;

/** Stores all records of every pass in sends of 500, five at a time, and reports how long each pass took. */
export async function producePasses(
  { recordsPerPass, passes }: ProduceInstructions,
  send: (rows: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  const measured = [];
  for (let pass = 0; pass < passes; pass += 1) {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < recordsPerPass) {
        const first = next;
        next += RECORDS_PER_SEND;
        await send(buildRows(first, Math.min(next, recordsPerPass)));
      }
    };
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    await Promise.all(Array.from({ length: CONCURRENT_SENDS }, work));
    const { user, system } = process.cpuUsage(cpuBefore);
    measured.push({ seconds: (performance.now() - startedAt) / 1000, cpuMs: (user + system) / 1000 });
  }
  finish(measured);
}

function buildRows(from: number, to: number): Row[] {
  return Array.from({ length: to - from }, (_, index) => ({
    key: buildKey(from + index),
    value: JSON.stringify(buildMessage(from + index)),
  }));
}
