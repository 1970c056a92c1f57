import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createKubeClient } from './kube-client.ts';
import { FAKE_CONTEXT, startFakeApiServer, writeKubeconfig, type FakeApiServer } from './testing/fake-api-server.ts';

describe('createKubeClient', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'kube-client-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  let server: FakeApiServer | undefined;
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it('names the contexts that there are when the wanted one is missing', () => {
    const kubeconfigFile = writeKubeconfig(dir, 'http://127.0.0.1:1');
    expect(() => createKubeClient({ context: 'kind-kafka-lab', kubeconfigFile })).toThrow(
      "the kubeconfig has no context kind-kafka-lab: there is kind-fake; `make kind-up` makes the lab's cluster",
    );
  });

  it('says which kubeconfig cannot be read', () => {
    const kubeconfigFile = path.join(dir, 'none');
    expect(() => createKubeClient({ context: FAKE_CONTEXT, kubeconfigFile })).toThrow(/cannot be read: .*none/);
    writeFileSync(path.join(dir, 'bad'), '{');
    expect(() => createKubeClient({ context: FAKE_CONTEXT, kubeconfigFile: path.join(dir, 'bad') })).toThrow(
      expect.objectContaining({ code: 'invalid-configuration' }),
    );
  });

  it('says where nobody answers', async () => {
    const client = createKubeClient({
      context: FAKE_CONTEXT,
      kubeconfigFile: writeKubeconfig(dir, 'http://127.0.0.1:1'),
    });
    const call = client.call('list the nodes', () => client.core.listNode());
    await expect(call).rejects.toMatchObject({ code: 'process-failed', retriable: true });
    await expect(call).rejects.toThrow(/API server http:\/\/127.0.0.1:1 of context kind-fake cannot be reached/);
  });

  it('makes its calls over connections that it keeps', async () => {
    server = await startFakeApiServer();
    const { client } = server;
    server.put('/api/v1/nodes', { metadata: { name: 'a', uid: '1' } });
    for (let n = 0; n < 5; n++) {
      const { items } = await client.call('list the nodes', () => client.core.listNode());
      expect(items).toHaveLength(1);
    }
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('reads a stream, and says why it cannot', async () => {
    server = await startFakeApiServer(({ path: asked }, response) => {
      if (asked !== '/log') return false;
      response.end('one\ntwo\n');
      return true;
    });
    const { client } = server;
    const { signal } = new AbortController();
    let text = '';
    for await (const chunk of await client.openStream('read it', '/log', signal)) text += String(chunk);
    expect(text).toBe('one\ntwo\n');
    await expect(client.openStream('read it', '/none', signal)).rejects.toMatchObject({
      code: 'no-such-target',
      message: 'could not read it: the fake says 404',
    });
  });
});
