import { once } from 'node:events';
import path from 'node:path';
import { startBenchProcess, type BenchProcess } from '../bench-process.ts';

const PEERS = path.resolve(import.meta.dirname, '../peers');
/** What a peer or a tool must have done by then, whatever it is. */
const RESULT_TIMEOUT_MS = 180_000;
const STOP_GRACE_MS = 15_000;

/** Folder of the peers, each of which runs in a process of its own. */
export function locatePeer(...names: readonly string[]): string {
  return path.join(PEERS, ...names);
}

/** Starts a peer in TypeScript, which is told what to do in one argument. */
export function startPeer(file: string, name: string, instructions: object): BenchProcess {
  return startBenchProcess({ name, command: [process.execPath, locatePeer(file), JSON.stringify(instructions)] });
}

/** Does something while a process runs, and ends it in any case, also when the user interrupts. */
export async function withProcess<T>(
  process: BenchProcess,
  signal: AbortSignal,
  use: (process: BenchProcess) => Promise<T>,
): Promise<T> {
  return withProcesses([process], signal, () => use(process));
}

/** The same for several processes. */
export async function withProcesses<T>(
  processes: readonly BenchProcess[],
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  let used: Promise<T> | undefined;
  try {
    signal.throwIfAborted();
    used = use();
    return await untilAborted(signal, used);
  } finally {
    await Promise.all(processes.map((process) => process.stop(STOP_GRACE_MS)));
    // What was started inside is ended inside: it must have been before anything else ends.
    await used?.catch(() => undefined);
  }
}

/** Runs a peer to its end. @returns what it reports as its result */
export async function runPeer(
  file: string,
  instructions: object,
  signal: AbortSignal,
  onMeasuring?: () => void,
): Promise<unknown> {
  return withProcess(startPeer(file, file, instructions), signal, async (peer) => {
    if (onMeasuring) peer.onLine((line) => line.startsWith('{"measuring"') && onMeasuring());
    return waitReport(peer, 'result', RESULT_TIMEOUT_MS);
  });
}

/** Waits for a fact that a process reports, as a line of JSON. */
export async function waitReport(process: BenchProcess, fact: string, timeoutMs: number): Promise<unknown> {
  const { input } = await process.waitLine(new RegExp(`^\\{"${fact}":.*\\}$`), timeoutMs);
  return (JSON.parse(input) as Record<string, unknown>)[fact];
}

/**
 * Runs a program until it has said what it had to say.
 *
 * @param lastLine what it says last
 * @returns its lines
 */
export async function runTool(
  name: string,
  command: readonly string[],
  lastLine: RegExp,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const tool = startBenchProcess({ name, command });
  const lines: string[] = [];
  tool.onLine((line) => lines.push(line));
  return withProcess(tool, signal, async () => {
    await tool.waitLine(lastLine, RESULT_TIMEOUT_MS);
    return lines;
  });
}

/** What the promise gives, unless the signal aborts before. */
async function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const done = new AbortController();
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => {
    throw signal.reason;
  });
  aborted.catch(() => undefined);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    done.abort();
  }
}
