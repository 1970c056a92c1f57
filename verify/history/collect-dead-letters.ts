import { DEAD_LETTER_HEADERS } from '../../lib/contracts/dead-letter.ts';
import { digestValue } from '../../lib/contracts/receipt-digest.ts';
import type { LogRecord } from '../../kafka/records/log-record.ts';
import type { PoisonRecord } from '../checks/history.ts';

/** Tells dead letters that say where their record stood, as the lab's do, from those of others, which are known by their value. */
export interface DeadLetterCollector {
  /** @returns where its record stood, or undefined when that is not said */
  readonly parse: (letter: LogRecord) => PoisonRecord | undefined;
  /** CRC-32 of the values of the others. */
  readonly otherLetters: readonly number[];
}

/** @param topic of the records that were set aside */
export function createDeadLetterCollector(topic: string): DeadLetterCollector {
  const otherLetters: number[] = [];
  return {
    otherLetters,
    parse({ headers, value }) {
      const read = (name: string): string => headers[name]?.toString() ?? '';
      const [partition, offset] = [read(DEAD_LETTER_HEADERS.partition), read(DEAD_LETTER_HEADERS.offset)];
      // What others put there may say anything.
      const isPlace = [partition, offset].every((number) => /^\d{1,15}$/.test(number));
      if (isPlace && read(DEAD_LETTER_HEADERS.topic) === topic)
        return { partition: Number(partition), offset: Number(offset) };
      if (!isPlace && value !== null) otherLetters.push(digestValue(value));
      return undefined;
    },
  };
}
