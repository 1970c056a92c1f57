import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildVariablesPatch, readServiceVariables } from './service-variables.ts';
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

describe('buildVariablesPatch', () => {
  const readEnv = (variables: Readonly<Record<string, string | null>>): unknown =>
    (buildVariablesPatch('consumer', variables) as { containers: { env: unknown }[] }).containers[0]?.env;

  it('puts what a value refers to before it, once, with the value that it has', () => {
    expect(
      readEnv({ GROUP_INSTANCE_ID: '$(POD_NAME)', ALLOWED_HOSTS: '$(POD_NAME),$(HOST)', PRICE: '$$(HOST_2)' }),
    ).toEqual([
      { name: 'POD_NAME' },
      { name: 'HOST' },
      { name: 'GROUP_INSTANCE_ID', value: '$(POD_NAME)' },
      { name: 'ALLOWED_HOSTS', value: '$(POD_NAME),$(HOST)' },
      { name: 'PRICE', value: '$$(HOST_2)' },
    ]);
  });

  it('refers to what it sets itself as it is written', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '$(A)' },
      { name: 'C', $patch: 'delete' },
    ];
    expect(readEnv({ A: '1', B: '$(A)', C: null })).toEqual(env);
  });
});
