/**
 * The commands of the README, as a user types them: with plain kubectl, on the context that `make kind-up` made current.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../platforms/wait-until.ts';
import { waitBalanced } from '../../verify/scenarios/balanced-group.ts';
import { type, TypedCommand, typeWell } from '../typed-command.ts';
import { connectLab, type ConnectedLab } from './connect-lab.ts';

jest.setTimeout(300_000);

describe('the commands of the README', () => {
  let lab: ConnectedLab;
  const running: TypedCommand[] = [];

  const startTyping = (line: string): TypedCommand => {
    const command = new TypedCommand(line);
    running.push(command);
    return command;
  };

  /** Forwards a port as the README says it, and gives the base URL once it is open. */
  const forward = async (service: string, port: number): Promise<string> => {
    const command = startTyping(`kubectl port-forward service/${service} ${String(port)}`);
    await command.waitFor(`Forwarding from 127.0.0.1:${String(port)}`);
    return `http://localhost:${String(port)}`;
  };

  beforeAll(async () => {
    lab = await connectLab();
    await typeWell('kubectl scale deployment/consumer deployment/producer --replicas=1');
    await lab.waitReady('consumer', 1);
  });
  afterAll(async () => {
    await Promise.all(running.map((command) => command.interrupt()));
    await typeWell('kubectl scale deployment/consumer --replicas=1');
    await lab.close();
  });

  it('make kind-up on a running lab changes nothing and says so', async () => {
    const { code, output } = await type('make kind-up');
    expect(output).toContain('nothing to change: the lab runs as it should');
    expect(output).not.toMatch(/ (changed|created|pruned)$/m);
    expect(code).toBe(0);
  });

  it('port-forward shows the docs of both services, a POST to one is seen by a GET from the other', async () => {
    const producer = await forward('producer', 8000);
    const consumer = await forward('consumer', 8001);
    for (const url of [producer, consumer]) {
      const docs = await fetch(`${url}/docs`);
      expect(docs.status).toBe(200);
      expect(await docs.text()).toContain('swagger-ui-bundle.js');
      expect((await fetch(`${url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
    }
    const name = `typed ${randomUUID()}`;
    const posted = await fetch(`${producer}/producer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, key: 'typed' }),
    });
    expect(posted.status).toBe(201);
    const seen = await waitUntil(
      async () => {
        const text = await (await fetch(`${consumer}/messages`)).text();
        return text.includes(name) ? text : undefined;
      },
      { what: 'the message', timeoutMs: 30_000 },
    );
    expect(seen).toContain('consumer-');
  });

  it('kubectl scale shares the partitions out, logs -f shows what is processed, make logs takes newcomers in', async () => {
    const makeLogs = startTyping('make logs');
    await makeLogs.waitFor('[consumer-');
    const ofOne = startTyping('kubectl logs -f deployment/consumer --tail=1');
    expect(await typeWell('kubectl scale deployment/consumer --replicas=4')).toContain('scaled');
    const { view } = await waitBalanced(lab.platform, lab.observer, 4);
    expect(view.members.map(({ partitions }) => partitions.length).sort()).toEqual([1, 1, 2, 2]);
    const ofAll = startTyping(
      'kubectl logs -f -l app.kubernetes.io/name=consumer --prefix --max-log-requests=20 --tail=1',
    );
    const names = view.members.map(({ clientId }) => clientId);
    for (const member of names) await ofAll.waitFor(`[pod/${member}/consumer]`);

    const runId = randomUUID();
    const messages = Array.from({ length: 60 }, (_, index) => ({
      name: `${runId} ${String(index)}`,
      key: String(index),
    }));
    const stored = await fetch(`${lab.platform.addresses.producer}/producer/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages }),
    });
    expect(stored.status).toBeLessThan(300);
    for (const member of names) {
      await ofAll.waitFor(new RegExp(`\\[pod/${member}/consumer\\].*processed`));
      await makeLogs.waitFor(new RegExp(`\\[${member}\\].*processed`));
    }
    await ofOne.waitFor(/processed/);
  });

  it('make deploy keeps the scale', async () => {
    const { code, output } = await type('make deploy');
    expect(output).toContain('nothing to change');
    expect(code).toBe(0);
    expect(await typeWell('kubectl get deployment consumer -o jsonpath={.spec.replicas}')).toBe('4');
  });

  it('make status shows every replica with node and zone, and who owns what', async () => {
    const { code, output } = await type('make status');
    expect(code).toBe(0);
    expect(output).toMatch(/kafka-2 +ready .*kafka-lab-worker/);
    expect(output).toMatch(/zone-[abc]/);
    expect(output).toContain('4 members, 6 partitions: balanced');
  });

  it('kcat on this machine lists the brokers, produces and consumes', async () => {
    const listed = await typeWell('kcat -b localhost:9092 -L');
    for (const port of [9092, 9093, 9094]) expect(listed).toContain(`at 127.0.0.1:${String(port)}`);
    expect(listed).toContain('topic "app" with 6 partitions');
    const text = `from the host ${randomUUID()}`;
    await typeWell(`echo '{"name":"${text}"}' | kcat -b localhost:9092 -t app -p 3 -P -X acks=all`);
    const read = await typeWell('kcat -b localhost:9092 -t app -p 3 -C -o -5 -e -q');
    expect(read).toContain(text);
  });

  it('make shell gives a client pod that reaches the brokers with their own tools', async () => {
    const { code, output } = await type(
      'node lab/main.ts shell -- kafka-consumer-groups.sh --bootstrap-server kafka:29029 --describe --group app --members',
      { PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH'] ?? ''}` },
    );
    expect(output).toMatch(/app +consumer-/);
    expect(code).toBe(0);
    expect(await typeWell('kubectl get pods -l app.kubernetes.io/name=shell --no-headers')).toContain(
      'No resources found',
    );
  });

  it('a command in a client pod that is interrupted leaves no pod behind', async () => {
    const command = startTyping("node lab/main.ts shell -- sh -c 'while :; do echo ticking; sleep 1; done'");
    await command.waitFor('ticking');
    await command.interrupt();
    await typeWell('kubectl wait --for=delete pod -l app.kubernetes.io/name=shell --timeout=30s');
    expect(await typeWell('kubectl get pods -l app.kubernetes.io/name=shell --no-headers')).toContain(
      'No resources found',
    );
  });
});
