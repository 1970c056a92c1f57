/** Kafdrop, on the port of the README. It is skipped, with the reason in its title, where its image cannot be pulled. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type, TypedCommand } from '../typed-command.ts';

jest.setTimeout(120_000);

const { output: ready } = await type('kubectl get deployment kafdrop -o jsonpath={.status.readyReplicas}');
const isThere = ready.trim() === '1';
const itWithImage = isThere ? it : it.skip;
const reason = isThere ? '' : ' (skipped: the image of Kafdrop cannot be pulled here)';

describe('kubectl port-forward service/kafdrop 9000', () => {
  let forward: TypedCommand | undefined;
  beforeAll(async () => {
    if (!isThere) return;
    forward = new TypedCommand('kubectl port-forward service/kafdrop 9000');
    await forward.waitFor('Forwarding from 127.0.0.1:9000');
  });
  afterAll(async () => {
    await forward?.interrupt();
  });

  const read = async (path: string): Promise<unknown> => {
    const response = await fetch(`http://localhost:9000${path}`, { headers: { accept: 'application/json' } });
    expect(response.status).toBe(200);
    return response.json();
  };

  itWithImage(`shows three brokers, one of which controls${reason}`, async () => {
    const brokers = (await read('/broker')) as { id: number; controller: boolean }[];
    expect(brokers.map(({ id }) => id).sort()).toEqual([0, 1, 2]);
    expect(brokers.filter(({ controller }) => controller)).toHaveLength(1);
    expect(await read('/')).toMatchObject({ summary: { underReplicatedCount: 0, expectedBrokerIds: [0, 1, 2] } });
  });

  itWithImage(`shows the topic with all its copies in sync${reason}`, async () => {
    const { partitions } = (await read('/topic/app')) as {
      partitions: { underReplicated: boolean; inSyncReplicas: unknown[] }[];
    };
    expect(partitions).toHaveLength(6);
    for (const { underReplicated, inSyncReplicas } of partitions) {
      expect(underReplicated).toBe(false);
      expect(inSyncReplicas).toHaveLength(3);
    }
  });

  itWithImage(`deletes no topic for anybody${reason}`, async () => {
    await fetch('http://localhost:9000/topic/app/delete', { method: 'POST' });
    await fetch('http://localhost:9000/topic/app', { method: 'DELETE' });
    expect(await read('/topic/app')).toMatchObject({ name: 'app' });
  });
});
