/**
 * The ensemble raised from 3 servers to 5 and lowered again by nothing but `kubectl apply`, while every server is asked
 * again and again whether it leads: there is never a second one, none for a short time only, and what was written stays.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TypedCommand, typeWell } from '../../typed-command.ts';
import { connectLab, type ConnectedLab } from '../connect-lab.ts';
import { withManifests } from './with-manifests.ts';

jest.setTimeout(1_500_000);

const READY_TIMEOUT_MS = 600_000;
/** A JVM has started again and an election has ended; twice as long where someone was looked for at an old address. */
const LONGEST_WITHOUT_LEADER_S = 20;

/**
 * Asks all five in turn, and writes a line with who leads after each round. Who leads may change within a round: only
 * those who both lead a moment later, too, are two leaders.
 */
const ASK_WHO_LEADS = `
end=; if nc -h 2>&1 | grep -q "^[[:space:]]*-N[[:space:]]"; then end=-N; fi
look() {
  leaders=
  for ordinal in 0 1 2 3 4; do
    host=zookeeper-$ordinal.zookeeper-headless.kafka-lab.svc.cluster.local
    if printf srvr | nc $end -w 1 $host 2181 2>/dev/null | grep -q "^Mode: leader"; then leaders="$leaders $ordinal"; fi
  done
}
while :; do
  look
  case $leaders in *" "*" "*) look ;; esac
  echo "$(date +%s) leaders:$leaders"
  sleep 0.2
done`;

describe('another number of ZooKeeper servers on Kubernetes', () => {
  let lab: ConnectedLab;
  let folder: string;
  let watch: TypedCommand;

  beforeAll(async () => {
    lab = await connectLab();
    folder = mkdtempSync(path.join(tmpdir(), 'kafka-lab-resize-'));
    await lab.waitReady('zookeeper', 3, READY_TIMEOUT_MS);
    watch = new TypedCommand(`node lab/main.ts shell -- sh -c '${ASK_WHO_LEADS}'`);
    await watch.waitFor('leaders:');
  });
  afterAll(async () => {
    await watch.interrupt();
    rmSync(folder, { recursive: true, force: true });
    await apply(3);
    await lab.waitReady('zookeeper', 3, READY_TIMEOUT_MS);
    await lab.close();
  });

  async function apply(servers: number): Promise<void> {
    const settings = `zookeeper: { servers: ${String(servers)} }\n`;
    await withManifests({ environment: 'resized', settings }, async (output) => {
      await typeWell(`kubectl apply -f ${output}/0002-network-policies.k8s.yaml -f ${output}/0003-zookeeper.k8s.yaml`);
      await typeWell('kubectl rollout status statefulset/zookeeper --timeout=600s');
    });
  }

  const readVoters = (pod: string) =>
    typeWell(`kubectl exec ${pod} -- sh -c 'printf conf | nc -w 2 127.0.0.1 2181 | grep -c :participant'`);
  const change = (pod: string, command: string) =>
    typeWell(
      `kubectl exec ${pod} -- java @/etc/kafka-lab/zookeeper-client.args -server 127.0.0.1:2181 ${command} 2>/dev/null`,
    );

  it('never has two leaders from 3 to 5 and back, and loses nothing that was written', async () => {
    const node = `/resized-${String(Date.now())}`;
    await change('zookeeper-0', `create ${node} kept`);
    await apply(5);
    await lab.waitReady('zookeeper', 5, READY_TIMEOUT_MS);
    for (const pod of ['zookeeper-0', 'zookeeper-4']) expect((await readVoters(pod)).trim()).toBe('5');
    expect(await change('zookeeper-4', `get ${node}`)).toMatch(/^kept$/m);

    await apply(3);
    await lab.waitReady('zookeeper', 3, READY_TIMEOUT_MS);
    for (const pod of ['zookeeper-0', 'zookeeper-2']) expect((await readVoters(pod)).trim()).toBe('3');
    expect(await change('zookeeper-2', `get ${node}`)).toMatch(/^kept$/m);
    await change('zookeeper-0', `delete ${node}`);

    const rounds = readRounds(watch.output);
    expect(rounds.length).toBeGreaterThan(50);
    expect(rounds.filter(({ leaders }) => leaders.length > 1)).toEqual([]);
    expect(findLongestWithoutLeader(rounds)).toBeLessThan(LONGEST_WITHOUT_LEADER_S);
  });
});

interface Round {
  readonly at: number;
  readonly leaders: readonly string[];
}

function readRounds(output: string): readonly Round[] {
  return [...output.matchAll(/^(\d+) leaders:(.*)$/gm)].map(([, at = '', leaders = '']) => ({
    at: Number(at),
    leaders: leaders.split(' ').filter((ordinal) => ordinal !== ''),
  }));
}

/** In seconds. */
function findLongestWithoutLeader(rounds: readonly Round[]): number {
  let ledAt = rounds[0]?.at ?? 0;
  let longest = 0;
  for (const { at, leaders } of rounds) {
    longest = Math.max(longest, at - ledAt);
    if (leaders.length > 0) ledAt = at;
  }
  return longest;
}
