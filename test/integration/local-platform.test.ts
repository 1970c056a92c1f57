import { describe, expect, it, jest } from '@jest/globals';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import { describePlatform } from './platform-contract.ts';
import { CLUSTER_DIR } from './test-cluster.ts';

jest.setTimeout(120_000);

describePlatform('this machine, driven from another process', () => connectLocalPlatform(CLUSTER_DIR));

describe('the local platform', () => {
  it('has no node to drain', async () => {
    const platform = await connectLocalPlatform(CLUSTER_DIR);
    for (const asked of [platform.drain('localhost'), platform.uncordon('localhost')]) {
      await expect(asked).rejects.toMatchObject({ code: 'unsupported-by-platform' });
    }
  });
});
