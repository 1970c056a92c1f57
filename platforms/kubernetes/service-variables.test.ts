import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readServiceVariables } from './service-variables.ts';
import { startFakeApiServer, type FakeApiServer } from './testing/fake-api-server.ts';

describe('readServiceVariables', () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    const env = [
      { name: 'ASSIGNOR', value: 'sticky' },
      { name: 'EMPTY' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ];
    const containers = [
      { name: 'another', env: [{ name: 'OTHER', value: 'x' }] },
      { name: 'consumer', env },
    ];
    server = await startFakeApiServer(({ path }, response) => {
      if (path !== '/apis/apps/v1/namespaces/lab/deployments/consumer') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ spec: { template: { spec: { containers } } } }));
      return true;
    });
  });
  afterEach(() => server.stop());

  it('reads those of the container of the service’s name, and says of which there are none', async () => {
    const found = await readServiceVariables(
      { client: server.client, namespace: 'lab', controllers: { list: () => [] } },
      'consumer',
      ['ASSIGNOR', 'EMPTY', 'OTHER'],
    );
    expect(found).toEqual({ ASSIGNOR: 'sticky', EMPTY: '', OTHER: null });
  });

  it('refuses one that has no value of its own', async () => {
    await expect(
      readServiceVariables({ client: server.client, namespace: 'lab', controllers: { list: () => [] } }, 'consumer', [
        'POD_NAME',
      ]),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: 'POD_NAME of deployment/consumer is taken from elsewhere and has no value to set',
    });
  });

  it('says that the service is not deployed', async () => {
    await expect(
      readServiceVariables({ client: server.client, namespace: 'lab', controllers: { list: () => [] } }, 'producer', [
        'X',
      ]),
    ).rejects.toMatchObject({
      code: 'no-such-target',
    });
  });
});
