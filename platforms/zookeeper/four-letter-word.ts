import { connect } from 'node:net';

/**
 * Asks a ZooKeeper server one of its four-letter words, such as `srvr` or `dump`.
 * https://zookeeper.apache.org/doc/r3.8.4/zookeeperAdmin.html#sc_4lw
 *
 * @throws Error when the server cannot be reached or does not answer in time
 */
export function askZooKeeper(host: string, port: number, word: string, timeoutMs = 1000): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host, port });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`${host}:${String(port)} did not answer "${word}"`)));
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(word));
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject);
    socket.on('close', (hadError) => {
      if (!hadError) resolve(answer);
    });
  });
}

/** What a server of an ensemble is now; `standalone` is one without others. */
export type ServerRole = 'leader' | 'follower' | 'observer' | 'standalone';

/** @returns the server's role, or undefined while it does not serve */
export async function readServerRole(host: string, port: number, timeoutMs?: number): Promise<ServerRole | undefined> {
  const answer = await askZooKeeper(host, port, 'srvr', timeoutMs).catch(() => '');
  const mode = /^Mode: (leader|follower|observer|standalone)$/m.exec(answer)?.[1];
  return mode as ServerRole | undefined;
}
