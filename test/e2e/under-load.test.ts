/** What the lab is about, on Kubernetes: scaling and faults under load, judged. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { type } from '../typed-command.ts';
import { connectLab, type ConnectedLab } from './connect-lab.ts';
import { findZooKeeperLeader } from './find-zookeeper-leader.ts';
import { expectPass, runFault } from './run-fault.ts';
import { waitFullIsr } from './watch-isr.ts';

jest.setTimeout(300_000);

describe('under load on Kubernetes', () => {
  let lab: ConnectedLab;
  beforeAll(async () => {
    lab = await connectLab();
  });
  beforeEach(async () => {
    await lab.platform.scale('consumer', 3);
    await waitBalanced(lab.platform, lab.observer, 3);
  });
  afterAll(async () => {
    await lab.platform.scale('consumer', 1);
    await lab.close();
  });

  it('the group balances 1 → 3 → 6 → 7 → 2 → 1, and nothing is lost', async () => {
    const { code, output } = await type(
      'PATH="$PWD/node_modules/.bin:$PATH" node lab/main.ts demo --platform kubernetes --steps 1,3,6,7,2,1 --hold 1000',
    );
    expect(output).toMatch(/6 → 7 consumers: balanced after .* 0 partitions moved/);
    expect(output).toMatch(/7 members, 6 partitions: consumer-\S+ is idle by design/);
    expect(output).toMatch(/2 → 1 consumers: balanced after/);
    expect(output).toMatch(/^verdict: pass$/m);
    expect(output).toContain('scaling the consumers back to 3');
    expect(code).toBe(0);
  });

  it('a consumer killed by SIGKILL comes back in its pod', async () => {
    const [victim] = await lab.platform.listReplicas('consumer');
    const target = victim?.name ?? '';
    const run = await runFault(lab, 'SIGKILL of a consumer', 3, async () => {
      await lab.platform.inject({ kind: 'kill', target });
      await waitBalanced(lab.platform, lab.observer, 3);
      return undefined;
    });
    expectPass(run);
    expect(run.restarts).toBe(1);
  });

  it('a broker killed by SIGKILL waits for its old session and comes back, without a container restart', async () => {
    const run = await runFault(lab, 'SIGKILL of a broker', 3, async () => {
      await lab.platform.inject({ kind: 'kill', target: 'kafka-1' });
      await lab.waitReady('kafka', 3);
      await waitFullIsr(lab.platform.addresses.kafka, 60_000);
      return undefined;
    });
    expectPass(run);
    expect(run.restarts).toBe(0);
    expect(run.isr.smallestIsr).toBeGreaterThanOrEqual(2);
  });

  it('the ZooKeeper leader killed by SIGKILL is replaced, and comes back', async () => {
    const run = await runFault(lab, 'SIGKILL of the ZooKeeper leader', 3, async () => {
      await lab.platform.inject({ kind: 'kill', target: await findZooKeeperLeader() });
      await lab.waitReady('zookeeper', 3);
      return undefined;
    });
    expectPass(run);
    expect(run.restarts).toBe(0);
  });
});
