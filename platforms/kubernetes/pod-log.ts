import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import type { V1Pod } from '@kubernetes/client-node';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { LONGEST_LOG_LINE_BYTES, readLines as splitLines } from '../../lib/lines/read-lines.ts';
import type { LogOptions } from '../platform.ts';
import type { KubeClient } from './kube-client.ts';
import { readName, readUid, readWorkload } from './lab-pods.ts';
import { LogPosition, parseLogLine } from './log-lines.ts';
import type { WatchedResource } from './watch-resource.ts';

interface PodLogOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly pods: WatchedResource<V1Pod>;
  readonly logger: Logger;
  /** The pause before a log that has ended is asked for again, in milliseconds. @default 500 */
  readonly retryMs?: number;
}

/**
 * Lines of a pod's log: the last ones, then, if it is followed, those that are written, over restarts of its container,
 * until the pod is gone. Without lines to begin with, following begins at the moment of the call, by this machine's
 * clock.
 *
 * @throws AppError `no-such-target` when there is no such pod
 */
export async function* readPodLog(
  options: PodLogOptions,
  replica: string,
  { tail, follow, signal: ended }: LogOptions,
): AsyncGenerator<string> {
  const calledAt = BigInt(Date.now()) * 1_000_000n;
  const pod = (await options.pods.listFresh()).find((candidate) => readName(candidate) === replica);
  if (pod === undefined) throw new AppError('no-such-target', `${replica} has no log: there is no such replica`);
  const over = new AbortController();
  const signal = ended ? AbortSignal.any([ended, over.signal]) : over.signal;
  try {
    const last = { tailLines: String(tail) };
    if (!follow) {
      yield* untilAborted(signal, async function* () {
        if (tail > 0) for await (const line of readLines(await open(options, pod, last, signal))) yield line;
      });
      return;
    }
    yield* untilAborted(signal, () => followPod(options, pod, { tail, calledAt, signal }));
  } finally {
    over.abort();
  }
}

async function* followPod(
  options: PodLogOptions,
  pod: V1Pod,
  { tail, calledAt, signal }: { tail: number; calledAt: bigint; signal: AbortSignal },
): AsyncGenerator<string> {
  const { pods, logger, retryMs = 500 } = options;
  const isThere = (): boolean => pods.list().some((candidate) => readUid(candidate) === readUid(pod));
  const position = new LogPosition(tail > 0 ? 0n : calledAt);
  let from: Record<string, string> = tail > 0 ? { tailLines: String(tail) } : { sinceTime: position.since };
  while (isThere()) {
    try {
      const stream = await open(options, pod, { ...from, follow: 'true', timestamps: 'true' }, signal);
      for await (const text of readLines(stream)) {
        const line = parseLogLine(text);
        if (!position.take(line)) continue;
        // From here on it is known where to go on; before the first line the last ones are still wanted.
        from = {};
        yield line.text;
      }
    } catch (error) {
      if (signal.aborted) return;
      // Its container may not have started yet, or the connection broke: both pass.
      logger.debug(`the log of ${readName(pod)} is interrupted: ${messageOf(error)}`);
    }
    if (!('tailLines' in from)) from = { sinceTime: position.since };
    position.rewind();
    await delay(retryMs, undefined, { signal });
  }
}

function open(
  { client, namespace }: PodLogOptions,
  pod: V1Pod,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const name = readName(pod);
  const parameters = new URLSearchParams({ container: readWorkload(pod) ?? '', ...query });
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${parameters.toString()}`;
  return client.openStream(`read the log of ${name}`, path, signal);
}

async function* readLines(stream: IncomingMessage): AsyncGenerator<string> {
  // What befalls the stream when nobody reads any more would end the process.
  stream.on('error', () => undefined);
  for await (const { text } of splitLines(stream, LONGEST_LOG_LINE_BYTES)) yield text;
}

/** An iterator that is aborted ends; it does not fail. */
async function* untilAborted(signal: AbortSignal, lines: () => AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield* lines();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
