import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { LineSplitter } from '../../lib/lines/line-splitter.ts';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import { controlRequestSchema, LONGEST_SOCKET_PATH, type ControlLine, type ControlRequest } from './control.ts';
import type { LocalPlatform } from './local-platform.ts';

const LONGEST_REQUEST_BYTES = 4096;
const CLOSE_TIMEOUT_MS = 500;

/**
 * Lets other processes of this user drive a running lab.
 *
 * @param onStop called when one of them asks the lab to end; answered when it resolves
 * @returns the function that closes the socket
 * @throws AppError `invalid-configuration` when the data folder's path is too long for a socket
 */
export async function serveControl(
  platform: LocalPlatform,
  socketFile: string,
  onStop: () => Promise<void>,
): Promise<() => Promise<void>> {
  if (Buffer.byteLength(socketFile) > LONGEST_SOCKET_PATH) {
    throw new AppError(
      'invalid-configuration',
      `${socketFile} is too long for a socket (${String(LONGEST_SOCKET_PATH)} characters at most); give a shorter --data`,
    );
  }
  rmSync(socketFile, { force: true });
  const open = new Set<Socket>();
  const answering = new Set<Promise<void>>();
  const closing = new AbortController();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const answered = readRequest(socket)
      .then((request) => answer(platform, request, socket, closing.signal, onStop))
      .catch((error: unknown) => {
        const code = error instanceof AppError ? error.code : 'invalid-request';
        write(socket, { kind: 'error', code, message: messageOf(error) });
      })
      .finally(() => {
        socket.end();
        answering.delete(answered);
      });
    answering.add(answered);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketFile, resolve);
  });
  chmodSync(socketFile, 0o600);
  return async () => {
    server.close();
    // Streams end; calls under way get their answer, the one that asked for the end above all.
    closing.abort();
    await Promise.race([Promise.allSettled(answering), delay(CLOSE_TIMEOUT_MS)]);
    await Promise.race([Promise.all([...open].map((socket) => once(socket, 'close'))), delay(CLOSE_TIMEOUT_MS)]);
    for (const socket of open) socket.destroy();
  };
}

async function readRequest(socket: Socket): Promise<ControlRequest> {
  const splitter = new LineSplitter(LONGEST_REQUEST_BYTES);
  let bytes = 0;
  const text = await new Promise<string>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      const { value: line } = splitter.take(chunk).next();
      bytes += chunk.length;
      if (line !== undefined && !line.isCut) resolve(line.text);
      else if (bytes > LONGEST_REQUEST_BYTES) reject(new AppError('invalid-request', 'the request is too long'));
    });
    socket.on('close', () => reject(new AppError('invalid-request', 'the request is not complete')));
  });
  return controlRequestSchema.parse(JSON.parse(text));
}

async function answer(
  platform: LocalPlatform,
  request: ControlRequest,
  socket: Socket,
  closing: AbortSignal,
  onStop: () => Promise<void>,
): Promise<void> {
  const value = (result: unknown): void => write(socket, { kind: 'value', value: result ?? null });
  switch (request.call) {
    case 'describe':
      value({ addresses: platform.addresses });
      return;
    case 'list':
      value(await platform.listReplicas());
      return;
    case 'read-scale':
      value(await platform.readScale(request.workload));
      return;
    case 'scale':
      await platform.scale(request.workload, request.replicas);
      value(null);
      return;
    case 'inject':
      await platform.inject({ kind: request.kind, target: request.target });
      value(null);
      return;
    case 'roll':
      await platform.roll(request.workload, request.variables);
      value(null);
      return;
    case 'read-variables':
      value(await platform.readVariables(request.workload, request.names));
      return;
    case 'logs': {
      const { replica, tail, follow } = request;
      const signal = AbortSignal.any([closing, whenClosed(socket)]);
      for await (const line of platform.readLogs(replica, { tail, follow, signal })) value(line);
      return;
    }
    case 'events': {
      const unsubscribe = platform.subscribe((event: PlatformEvent) => value(event));
      const over = AbortSignal.any([closing, whenClosed(socket)]);
      if (!over.aborted) await once(over, 'abort');
      unsubscribe();
      return;
    }
    case 'stop':
      await onStop();
      value(null);
      return;
  }
}

function whenClosed(socket: Socket): AbortSignal {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  return gone.signal;
}

function write(socket: Socket, line: ControlLine): void {
  if (socket.writable) socket.write(`${JSON.stringify(line)}\n`);
}
