/**
 * A numbered record of a load. Its identity is the name of an ordinary message, so that it travels
 * through any interface, shows in any tool, and still tells the checks who sent it and its number among the sender’s.
 */
export interface LoadIdentity {
  readonly runId: string;
  /** The producer instance: numbers count up per instance. */
  readonly producer: string;
  /** From 0, without gaps. */
  readonly sequence: number;
}

const PREFIX = 'load';

/** The name under which a record of a load travels: `load/`, run, producer and number, with slashes between them. */
export function formatLoadName({ runId, producer, sequence }: LoadIdentity): string {
  return `${PREFIX}/${runId}/${producer}/${String(sequence)}`;
}

/** @returns the identity, or undefined when the name is not that of a load record. */
export function parseLoadName(name: string): LoadIdentity | undefined {
  const [prefix, runId, producer, sequence, ...rest] = name.split('/');
  if (prefix !== PREFIX || !runId || !producer || !sequence || rest.length > 0) return undefined;
  if (!/^\d{1,15}$/.test(sequence)) return undefined;
  return { runId, producer, sequence: Number(sequence) };
}
