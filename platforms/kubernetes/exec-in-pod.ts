import { Writable } from 'node:stream';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { AppError } from '../../lib/errors/app-error.ts';
import type { KubeClient } from './kube-client.ts';

interface ExecOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

/** How a command in a pod ended. */
export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Nothing when the connection ended first: with the container, say. */
  readonly exitCode: number | undefined;
}

/** The part of a WebSocket that is used here; the client's declarations need a package that it does not bring. */
interface Socket {
  readonly readyState: number;
  onclose: (() => void) | null;
  terminate(): void;
}

const OPEN = 1;

/**
 * Runs a command in a container and waits for its end.
 *
 * @throws AppError `timed-out` when it has not ended in time; as KubeClient.call when it cannot be started
 */
export async function execInPod(client: KubeClient, options: ExecOptions): Promise<ExecResult> {
  const { namespace, pod, container, command, timeoutMs } = options;
  const what = `run a command in ${pod}`;
  const stdout = collect();
  const stderr = collect();
  const ended = Promise.withResolvers<V1Status | undefined>();
  const connecting = client.call(what, async () => {
    const exec = new Exec(client.config, client.sockets);
    const parts = [...command];
    return (await exec.exec(
      namespace,
      pod,
      container,
      parts,
      stdout.sink,
      stderr.sink,
      null,
      false,
      ended.resolve,
    )) as Socket;
  });
  const timer = setTimeout(() => {
    ended.reject(
      new AppError('timed-out', `could not ${what}: it had not ended after ${String(timeoutMs)} ms`, {
        retriable: true,
      }),
    );
  }, timeoutMs);
  try {
    const socket = await Promise.race([connecting, ended.promise.then(() => connecting)]);
    socket.onclose = () => ended.resolve(undefined);
    if (socket.readyState !== OPEN) ended.resolve(undefined);
    const exitCode = readExitCode(await ended.promise, what);
    return { stdout: stdout.text(), stderr: stderr.text(), exitCode };
  } finally {
    clearTimeout(timer);
    void connecting.then((socket) => socket.terminate()).catch(() => undefined);
  }
}

/** @throws AppError `conflict` when the command could not be run: the container does not, say */
function readExitCode(status: V1Status | undefined, what: string): number | undefined {
  if (status === undefined) return undefined;
  if (status.status === 'Success') return 0;
  const exitCode = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (exitCode !== undefined) return Number(exitCode);
  throw new AppError('conflict', `could not ${what}: ${status.message ?? 'the container does not take it'}`);
}

function collect(): { readonly sink: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { sink, text: () => Buffer.concat(chunks).toString('utf8') };
}
