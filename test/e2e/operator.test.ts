/**
 * The ConsumerGroup as its users meet it: in kubectl, and on the page behind a port-forward.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { waitUntil } from '../../platforms/wait-until.ts';
import { type, TypedCommand, typeWell } from '../typed-command.ts';
import { connectLab, type ConnectedLab } from './connect-lab.ts';
import { openLiveStream, type LiveStream } from './live-stream.ts';

jest.setTimeout(300_000);

const WAIT_BALANCED = 'kubectl wait --for=condition=Balanced consumergroup/app --timeout=90s';
const GROUP_COLUMNS =
  /NAME +STATE +MEMBERS +PARTITIONS +SHARES +IDLE +IMBALANCE +LAG +BALANCED +LAST REBALANCE +AGE\napp +Stable +4 +6 +2,2,1,1 +0 +1 +\d+ +True +scaled/;

interface Status {
  readonly status: {
    readonly members: number;
    readonly lastRebalance: { readonly generation: number };
    readonly pods: readonly {
      readonly name: string;
      readonly partitions: readonly number[];
      readonly deletionCost?: number;
    }[];
  };
}

describe('the ConsumerGroup of the lab', () => {
  let lab: ConnectedLab;
  let stream: LiveStream;
  let page: string;
  const running: TypedCommand[] = [];

  const forwardPage = async (): Promise<void> => {
    const command = new TypedCommand('kubectl port-forward service/operator 8080');
    running.push(command);
    await command.waitFor('Forwarding from 127.0.0.1:8080');
    page = 'http://localhost:8080';
    stream = await openLiveStream(page);
    await stream.waitFor('the group', ({ group }) => group.state !== 'Unknown');
  };
  const stopForwarding = async (): Promise<void> => {
    stream.close();
    await Promise.all(running.splice(0).map((command) => command.interrupt()));
  };
  /** Scales, and waits until the status is about the new scale, which a moment after the command it may not be yet. */
  const scale = async (replicas: number): Promise<void> => {
    await typeWell(`kubectl scale deployment/consumer --replicas=${String(replicas)}`);
    await waitUntil(async () => ((await readGroup()).status.members === replicas ? true : undefined), {
      what: `${String(replicas)} members in the status`,
      timeoutMs: 90_000,
    });
    await typeWell(WAIT_BALANCED);
  };
  const readGroup = async (): Promise<Status> => JSON.parse(await typeWell('kubectl get cg app -o json')) as Status;
  const readEvents = async (): Promise<string[]> => {
    const lines = await typeWell(
      `kubectl get events --field-selector involvedObject.kind=ConsumerGroup -o jsonpath='{range .items[*]}{.metadata.name} {.message}{"\\n"}{end}'`,
    );
    return lines.split('\n').filter((line) => line !== '');
  };

  beforeAll(async () => {
    lab = await connectLab();
    await scale(1);
    await forwardPage();
  });
  afterAll(async () => {
    await stopForwarding();
    await typeWell('kubectl scale deployment/consumer --replicas=1');
    await lab.close();
  });

  it('tells of a scaling in get, wait, describe, and on its pods', async () => {
    await scale(4);
    expect(await typeWell('kubectl get consumergroups')).toMatch(GROUP_COLUMNS);
    const { status } = await readGroup();
    expect(status.pods.map(({ partitions }) => partitions.length).sort()).toEqual([1, 1, 2, 2]);
    const described = await waitUntil(
      async () => {
        const text = await typeWell('kubectl describe consumergroup app');
        return /Rebalanced .*scaled from 1 to 4 replicas; members \d → 4/.test(text) ? text : undefined;
      },
      { what: 'the Event of the scaling', timeoutMs: 30_000 },
    );
    expect(described).toMatch(/Reason: +SharedEvenly/);
    const costs = await waitUntil(
      async () => {
        const { pods } = (await readGroup()).status;
        return pods.every(({ partitions, deletionCost }) => deletionCost === partitions.length) ? pods : undefined;
      },
      { what: 'deletion costs that are the shares', timeoutMs: 30_000 },
    );
    expect(costs).toHaveLength(4);
  });

  it('shows a new pod on the page within a second of the API server knowing it', async () => {
    const known = Promise.withResolvers<{ name: string; at: number }>();
    const unsubscribe = lab.platform.subscribe((event) => {
      if (event.kind === 'phase' && event.from === undefined && event.replica.workload === 'consumer') {
        known.resolve({ name: event.replica.name, at: Date.now() });
      }
    });
    const before = new Set(stream.latest?.group.pods.map(({ name }) => name));
    const shown = stream.waitFor('a new pod', ({ group }) => group.pods.some(({ name }) => !before.has(name)));
    await typeWell('kubectl scale deployment/consumer --replicas=5');
    const [{ name, at: knownAt }, { snapshot, at: shownAt }] = await Promise.all([known.promise, shown]);
    unsubscribe();
    expect(snapshot.group.pods.map((pod) => pod.name)).toContain(name);
    expect(shownAt - knownAt).toBeLessThan(1000);
    await scale(5);
  });

  it('only shows, unless it was deployed with controls', async () => {
    const put = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${page}${path}`, {
        method: path === '/api/faults' ? 'POST' : 'PUT',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const refused = [
      await put('/api/replicas', { workload: 'consumer', replicas: 0 }),
      await put('/api/faults', { kind: 'kill', target: 'kafka-0' }),
      await put('/api/load', { ratePerSecond: 10 }),
      await put('/api/processing-delay', { delayMs: 10 }),
    ];
    for (const response of refused) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({
        code: 'read-only',
        detail: expect.stringContaining('allowControls'),
      });
    }
    const foreign = await put('/api/load', { ratePerSecond: 10 }, { origin: 'http://elsewhere.example' });
    expect(await foreign.json()).toMatchObject({ status: 403, code: 'forbidden-origin' });
    expect((await lab.platform.readScale('consumer')) ?? 0).toBe(5);
  });

  it('may do nothing but what it does', async () => {
    const canI = async (what: string): Promise<string> =>
      (await type(`kubectl auth can-i ${what} --as=system:serviceaccount:kafka-lab:operator`)).output.trim();
    for (const what of [
      'get secrets',
      'create pods/exec',
      'create pods/portforward',
      'delete pods',
      'patch deployments/scale',
      'patch deployments',
      'patch statefulsets/scale',
      'patch statefulsets',
      'create consumergroups.groups.kafka-lab.dev',
      'get configmaps',
      'patch pods -n default',
      'list pods -n kube-system',
    ]) {
      expect([what, await canI(what)]).toEqual([what, 'no']);
    }
    expect(await canI('patch pods')).toBe('yes');
  });

  it('refuses a malformed one and names the field', async () => {
    const apply = (spec: string): Promise<{ output: string; code: number | null }> =>
      type(
        `kubectl apply -f - <<'END'\napiVersion: groups.kafka-lab.dev/v1alpha1\nkind: ConsumerGroup\nmetadata: {name: wrong}\nspec: ${spec}\nEND`,
      );
    for (const [spec, told] of [
      ['{topic: app, deployment: consumer}', /spec\.groupId: Required value/],
      ['{groupId: app, topic: "..", deployment: consumer}', /spec\.topic: Invalid value.*cannot be named/],
      ['{groupId: app, topic: "a b", deployment: consumer}', /spec\.topic: Invalid value/],
      ['{groupId: app, topic: app, deployment: Consumer_1}', /spec\.deployment: Invalid value/],
      ['{groupId: app, topic: app, deployment: consumer, receiptsTopic: app}', /receiptsTopic must not be the topic/],
      ['{groupId: app, topic: app, deployment: consumer, idleFirstScaleDown: maybe}', /spec\.idleFirstScaleDown/],
    ] as const) {
      const { code, output } = await apply(spec);
      expect(output).toMatch(told);
      expect(code).not.toBe(0);
    }
    const changed = await type(`kubectl patch cg app --type=merge -p '{"spec":{"groupId":"other"}}'`);
    expect(changed.output).toContain('groupId cannot be changed');
  });

  it('watches no more what was deleted, and again what is applied again', async () => {
    const manifest = await typeWell(
      `kubectl get cg app -o json | node -e 'const o = JSON.parse(require("fs").readFileSync(0)); process.stdout.write(JSON.stringify({ apiVersion: o.apiVersion, kind: o.kind, metadata: { name: o.metadata.name, labels: o.metadata.labels }, spec: o.spec }))'`,
    );
    await typeWell('kubectl delete consumergroup app');
    await waitUntil(async () => ((await fetch(`${page}/api/snapshot`)).status === 404 ? true : undefined), {
      what: 'the group to be gone from the page',
      timeoutMs: 15_000,
    });
    await typeWell(`kubectl apply -f - <<'END'\n${manifest}\nEND`);
    await waitUntil(async () => ((await type(WAIT_BALANCED)).code === 0 ? true : undefined), {
      what: 'the group to be balanced again',
      timeoutMs: 90_000,
    });
    expect((await fetch(`${page}/api/snapshot`)).status).toBe(200);
  });

  it('is true again after its operator was killed in the middle of a scaling, and tells each rebalance once', async () => {
    const before = (await readGroup()).status.lastRebalance.generation;
    await stopForwarding();
    await typeWell('kubectl scale deployment/consumer --replicas=2');
    await typeWell('kubectl delete pod -l app.kubernetes.io/name=operator --grace-period=0 --force');
    await scale(2);
    const { generation } = (await readGroup()).status.lastRebalance;
    expect(generation).toBeGreaterThan(before);
    const names = await waitUntil(
      async () => {
        const told = (await readEvents()).map((line) => line.split(' ')[0] ?? '');
        return told.some((name) => name.endsWith(`.generation-${String(generation)}`)) ? told : undefined;
      },
      { what: `the Event of generation ${String(generation)}`, timeoutMs: 30_000 },
    );
    expect(new Set(names).size).toBe(names.length);
    await forwardPage();
    expect(stream.latest?.group.pods).toHaveLength(2);
  });
});
