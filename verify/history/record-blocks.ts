import type { LoggedRecord } from '../checks/history.ts';
import type { RecordsBuilder } from '../checks/records.ts';
import type { RecordBlock } from './history-schemas.ts';

/** A block has so many records, or keys of so many characters. */
const BLOCK_RECORDS = 1000;
const BLOCK_CHARACTERS = 1 << 18;

/** Puts records together to blocks of columns: a line each would take three times as long to read. */
export class RecordBlocks {
  readonly #write: (partition: number, block: RecordBlock) => void;
  #records: LoggedRecord[] = [];
  #characters = 0;

  constructor(write: (partition: number, block: RecordBlock) => void) {
    this.#write = write;
  }

  add(record: LoggedRecord): void {
    if (this.#records[0] !== undefined && this.#records[0].partition !== record.partition) this.flush();
    this.#records.push(record);
    this.#characters += record.key?.length ?? 0;
    if (this.#records.length >= BLOCK_RECORDS || this.#characters >= BLOCK_CHARACTERS) this.flush();
  }

  flush(): void {
    const [first] = this.#records;
    if (first !== undefined) this.#write(first.partition, toBlock(this.#records));
    [this.#records, this.#characters] = [[], 0];
  }
}

function toBlock(records: readonly LoggedRecord[]): RecordBlock {
  const senders: [string, string][] = [];
  const findSender = ({ identity }: LoggedRecord): number | null => {
    if (identity === undefined) return null;
    const { runId, producer } = identity;
    const known = senders.findIndex(([run, name]) => run === runId && name === producer);
    return known >= 0 ? known : senders.push([runId, producer]) - 1;
  };
  const sender = records.map(findSender);
  return {
    offsets: records.map(({ offset }) => offset),
    keys: records.map(({ key }) => key),
    storedAt: records.map(({ storedAt }) => storedAt ?? null),
    valueCrcs: records.map(({ valueCrc }) => valueCrc ?? null),
    sender: sender.every((each) => each === sender[0]) ? sender.slice(0, 1) : sender,
    sequences: records.map(({ identity }) => identity?.sequence ?? null),
    senders,
  };
}

/** Adds the records of a block to those of its partition. */
export function addBlock(builder: RecordsBuilder, block: RecordBlock): void {
  const { offsets, keys, storedAt, valueCrcs, sender, sequences, senders } = block;
  const identities = senders.map(([runId, producer]) => ({ runId, producer, sequence: 0 }));
  for (const [index, offset] of offsets.entries()) {
    const identity = identities[sender[sender.length === 1 ? 0 : index] ?? -1];
    // One object for all of a sender: it is not kept.
    if (identity !== undefined) identity.sequence = sequences[index] ?? NaN;
    builder.add(offset, keys[index] ?? null, storedAt[index] ?? undefined, valueCrcs[index] ?? undefined, identity);
  }
}
