import { randomInt } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../lib/errors/app-error.ts';
import { runProgram } from '../../lib/process/run-program.ts';
import { LOOPBACK } from '../forwarder.ts';

/** Below the ports that systems give to outgoing connections, any of which may take a port before it is used. */
const FREE_PORTS = { from: 15_000, to: 30_000 };
const taken = new Set<number>();

/** A port that nobody holds is in use while its last holder's process is being cleared away. */
const NOBODY_TIMEOUT_MS = 3000;

/** A port that is free now and was not given by this function before. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FREE_PORTS.from, FREE_PORTS.to);
    if (taken.has(port)) continue;
    taken.add(port);
    const isFree = await listenOnce(port).then(
      () => true,
      () => false,
    );
    if (isFree) return port;
    if (taken.size >= FREE_PORTS.to - FREE_PORTS.from) taken.clear();
  }
}

/**
 * @throws AppError `port-in-use`, with the name of the program that holds it where that can be found out
 */
export async function requireFreePort(port: number, purpose: string): Promise<void> {
  const deadline = Date.now() + NOBODY_TIMEOUT_MS;
  for (;;) {
    const error = await listenOnce(port).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (error === undefined) return;
    const holder = await findHolder(port).catch(() => undefined);
    if (holder !== undefined || Date.now() > deadline) {
      throw new AppError(
        'port-in-use',
        `port ${String(port)}, needed for ${purpose}, is in use${holder === undefined ? '' : ` by ${holder}`}; ` +
          'end that program, or start the lab with --ports auto',
        { cause: error, details: { port } },
      );
    }
    await delay(100);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

async function findHolder(port: number): Promise<string | undefined> {
  return process.platform === 'linux' ? findHolderByProc(port) : findHolderByLsof(port);
}

async function findHolderByLsof(port: number): Promise<string | undefined> {
  const { stdout } = await runProgram('lsof', ['-nP', `-iTCP:${String(port)}`, '-sTCP:LISTEN', '-Fpc']);
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : `${name ?? 'a program'} (pid ${pid})`;
}

async function findHolderByProc(port: number): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [, local, , state] = fields;
      const inode = fields[9];
      const isListening = state === '0A';
      if (isListening && inode && local?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`)) {
        inodes.add(`socket:[${inode}]`);
      }
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (!inodes.has(target)) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim();
      return `${name} (pid ${pid})`;
    }
  }
  return undefined;
}
