/**
 * The ensemble raised from 3 servers to 5 and lowered again by nothing but `kubectl apply`, while every server is asked
 * again and again whether it leads: there is never a second one, and what was written stays.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TypedCommand, typeWell } from '../../typed-command.ts';
import { connectLab, type ConnectedLab } from '../connect-lab.ts';

jest.setTimeout(1_500_000);

const ENVIRONMENT = 'resized';
const ENVIRONMENT_FILE = path.resolve(import.meta.dirname, `../../../cdk8s/environments/${ENVIRONMENT}.yaml`);
const READY_TIMEOUT_MS = 600_000;

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
  echo "leaders:$leaders"
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
    const output = mkdtempSync(path.join(tmpdir(), 'kafka-lab-resize-'));
    try {
      writeFileSync(ENVIRONMENT_FILE, `zookeeper: { servers: ${String(servers)} }\n`);
      await typeWell(`node cdk8s/main.ts ${ENVIRONMENT} --output ${output}`);
      await typeWell(`kubectl apply -f ${output}/0002-network-policies.k8s.yaml -f ${output}/0003-zookeeper.k8s.yaml`);
      await typeWell('kubectl rollout status statefulset/zookeeper --timeout=600s');
    } finally {
      rmSync(ENVIRONMENT_FILE, { force: true });
      rmSync(output, { recursive: true, force: true });
    }
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

    const rounds = watch.output.split('\n').filter((line) => line.startsWith('leaders:'));
    expect(rounds.length).toBeGreaterThan(50);
    expect(rounds.filter((line) => line.split(' ').length > 2)).toEqual([]);
  });
});
