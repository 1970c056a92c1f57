import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectLocalPlatform } from './connect-local-platform.ts';
import { CONTROL_SOCKET } from './control.ts';
import { serveControl } from './control-server.ts';
import type { LocalPlatform } from './local-platform.ts';

const FOREIGN = 'a\u2028b\u2029c\u0085d\re';

describe('the control of a lab that runs', () => {
  let dir: string;
  let close: () => Promise<void>;
  let rolled: unknown[];
  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'control-'));
    rolled = [];
    const platform = {
      name: 'local',
      addresses: { kafka: [FOREIGN] },
      listReplicas: () => Promise.resolve([{ name: FOREIGN }]),
      roll: (...asked: unknown[]) => Promise.resolve(void rolled.push(asked)),
      readVariables: (_workload: string, names: readonly string[]) =>
        Promise.resolve(Object.fromEntries(names.map((name, index) => [name, index === 0 ? FOREIGN : null]))),
      async *readLogs() {
        yield await Promise.resolve(FOREIGN);
        yield 'x'.repeat(100_000);
      },
    } as unknown as LocalPlatform;
    close = await serveControl(platform, path.join(dir, CONTROL_SOCKET), () => Promise.resolve());
  });
  afterEach(async () => {
    await close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('carries names and log lines of others as they are', async () => {
    const platform = await connectLocalPlatform(dir);
    expect(platform.addresses.kafka).toEqual([FOREIGN]);
    expect(await platform.listReplicas()).toEqual([{ name: FOREIGN }]);
    const lines: string[] = [];
    for await (const line of platform.readLogs('consumer-1', { tail: 9, follow: false })) lines.push(line);
    expect(lines).toEqual([FOREIGN, 'x'.repeat(100_000)]);
  });

  it('carries the variables of a roll, and what they are', async () => {
    const platform = await connectLocalPlatform(dir);
    await platform.roll('consumer', { SET: FOREIGN, GONE: null });
    await platform.roll('kafka');
    expect(rolled).toEqual([
      ['consumer', { SET: FOREIGN, GONE: null }],
      ['kafka', undefined],
    ]);
    expect(await platform.readVariables('consumer', ['SET', 'GONE'])).toEqual({ SET: FOREIGN, GONE: null });
  });

  it.each([
    { what: 'too long', request: 'x'.repeat(5000), message: 'the request is too long' },
    { what: 'no JSON', request: 'hello\n', message: 'Unexpected token' },
    { what: 'not one', request: '{"call":"rm"}\n', message: 'call' },
  ])('refuses a request that is $what', async ({ request, message }) => {
    const socket = connect(path.join(dir, CONTROL_SOCKET));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.write(request);
    await once(socket, 'close');
    expect(JSON.parse(answer)).toMatchObject({ kind: 'error', message: expect.stringContaining(message) });
  });
});
