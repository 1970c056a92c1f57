/** Next offset to read, by partition, of the topic and of its ledger. */
export interface Positions {
  readonly messages: ReadonlyMap<number, number>;
  readonly receipts: ReadonlyMap<number, number>;
}

/** Positions as the id of an event. */
export function formatPositions({ messages, receipts }: Positions): string {
  const format = (offsets: ReadonlyMap<number, number>) => [...offsets].map((pair) => pair.join(':')).join(',');
  return `${format(messages)}/${format(receipts)}`;
}

/** @returns undefined when the id is none of ours. */
export function parsePositions(id: string | undefined): Positions | undefined {
  if (id === undefined || !/^[\d:,]*\/[\d:,]*$/.test(id)) return undefined;
  const [messages = '', receipts = ''] = id.split('/');
  const parse = (text: string) =>
    new Map(
      text
        .split(',')
        .filter((pair) => /^\d{1,9}:\d{1,15}$/.test(pair))
        .map((pair) => pair.split(':').map(Number) as [number, number]),
    );
  return { messages: parse(messages), receipts: parse(receipts) };
}

export function areEqual(one: Positions, other: Positions): boolean {
  return areEqualMaps(one.messages, other.messages) && areEqualMaps(one.receipts, other.receipts);
}

function areEqualMaps(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): boolean {
  return one.size === other.size && [...one].every(([partition, offset]) => other.get(partition) === offset);
}

/**
 * Positions on the way to the ends, for exactly the partitions that have one. A position beyond the end is of a topic
 * that was made anew, or made up: what comes next comes at the end.
 */
export function fitTo({ messages, receipts }: Positions, ends: Positions): Positions {
  return { messages: fitMap(messages, ends.messages), receipts: fitMap(receipts, ends.receipts) };
}

function fitMap(offsets: ReadonlyMap<number, number>, ends: ReadonlyMap<number, number>): Map<number, number> {
  return new Map([...ends].map(([partition, end]) => [partition, Math.min(offsets.get(partition) ?? 0, end)]));
}
