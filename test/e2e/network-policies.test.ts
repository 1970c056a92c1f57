/**
 * Every path between the tiers is tried on the cluster: what the policies name is open, everything else is closed.
 */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ALLOWED_PATHS } from '../../charts/network-policy-chart.ts';
import type { Tier } from '../../charts/constructs/labels.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { type, typeWell } from '../typed-command.ts';
import { connectLab } from './connect-lab.ts';

jest.setTimeout(300_000);

/** Where connections are tried to: the ports that the programs of each tier listen on. */
const LISTENING: Readonly<Record<Tier | 'stranger', readonly number[]>> = {
  zookeeper: [PORTS.zookeeper, PORTS.zookeeperPeer, PORTS.zookeeperElection],
  kafka: [PORTS.kafka, PORTS.kafkaHost],
  producer: [PORTS.producer],
  consumer: [PORTS.consumer],
  operator: [PORTS.page],
  kafdrop: [PORTS.kafdrop],
  topics: [PORTS.kafdrop],
  shell: [PORTS.kafdrop],
  stranger: [PORTS.kafdrop],
};

/** Tiers whose pods end, are not there on every machine, or do not exist: another pod stands in with their label. */
const STAND_INS = ['kafdrop', 'topics', 'shell', 'stranger'] as const;
const DEPLOYMENTS = ['producer', 'consumer', 'operator'];
const SOURCES = [...Object.keys(LISTENING), 'outsider'] as (keyof typeof LISTENING | 'outsider')[];

interface Target {
  readonly tier: keyof typeof LISTENING;
  readonly address: string;
  readonly port: number;
}

describe('the network policies', () => {
  let targets: Target[] = [];
  let opened: ReadonlyMap<string, readonly Target[]> = new Map();

  beforeAll(async () => {
    const lab = await connectLab();
    await typeWell('kubectl scale deployment/consumer --replicas=1');
    await lab.waitReady('consumer', 1);
    await lab.close();
    const image = await typeWell(
      'kubectl get deployment consumer -o jsonpath={.spec.template.spec.containers[0].image}',
    );
    for (const name of [...STAND_INS, 'outsider'])
      await typeWell(`kubectl apply -f - <<'END'\n${describeStandIn(name, image)}\nEND`);
    await typeWell('kubectl wait pod -l test=network-policies --for=jsonpath={.status.phase}=Running --timeout=60s');
    await typeWell('kubectl -n default wait pod outsider --for=jsonpath={.status.phase}=Running --timeout=60s');
    // A new pod is known to the rules of the others about a second after it has its address.
    await new Promise((resolve) => setTimeout(resolve, 3000));

    targets = (await Promise.all(Object.keys(LISTENING).map((tier) => findTargets(tier as Target['tier'])))).flat();
    const found: [string, readonly Target[]][] = [];
    for (const source of SOURCES) found.push([source, await tryFrom(source, targets)]);
    opened = new Map(found);
  });
  afterAll(async () => {
    await type('kubectl delete pod -l test=network-policies --wait=false --grace-period=1');
    await type('kubectl -n default delete pod outsider --wait=false --grace-period=1');
  });

  it.each(ALLOWED_PATHS.flatMap(({ from, to, ports }) => ports.map((port) => ({ from, to, port }))))(
    'let $from reach $to at $port',
    ({ from, to, port }) => {
      expect(listOpened(opened.get(from))).toContain(`${to}:${String(port)}`);
    },
  );

  it.each(SOURCES.map((source) => ({ source })))('let $source reach nothing else', ({ source }) => {
    const allowed = ALLOWED_PATHS.filter(({ from }) => from === source).flatMap(({ to, ports }) =>
      ports.map((port) => `${to}:${String(port)}`),
    );
    expect(targets.length).toBeGreaterThan(10);
    expect(listOpened(opened.get(source)).filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it('let every pod of the namespace ask for names', async () => {
    const { output } = await type(
      `kubectl exec stranger -- node -e 'require("dns").lookup("kafka", (error, address) => console.log(error ? error.code : address))'`,
    );
    expect(output).toMatch(/^\d+\.\d+\.\d+\.\d+\n$/);
  });

  it('let the operator reach the API server, and no other pod', async () => {
    const endpoint = '{.endpoints[0].addresses[0]}';
    const address = await typeWell(
      `kubectl -n default get endpointslices -l kubernetes.io/service-name=kubernetes -o jsonpath='{range .items[0]}${endpoint}{end}'`,
    );
    expect(address.trim()).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    const program = buildProgram([{ tier: 'stranger', address: address.trim(), port: 6443 }]);
    for (const [deployment, reached] of [
      ['consumer', '[]'],
      ['producer', '[]'],
      ['operator', '[0]'],
    ] as const) {
      const { output } = await type(`kubectl exec deployment/${deployment} -- node -e '${program}'`);
      expect([deployment, output.trim()]).toEqual([deployment, reached]);
    }
  });
});

function listOpened(found: readonly Target[] = []): readonly string[] {
  return [...new Set(found.map(({ tier, port }) => `${tier}:${String(port)}`))];
}

async function findTargets(tier: Target['tier']): Promise<readonly Target[]> {
  const output = await typeWell(
    `kubectl get pods -l app.kubernetes.io/name=${tier} --field-selector=status.phase=Running -o jsonpath='{.items[*].status.podIP}'`,
  );
  // Where Kafdrop's image is to be had, the stand-in is beside it, and one open door would be enough.
  const addresses = output.trim().split(' ').filter(Boolean);
  return addresses.flatMap((address) => LISTENING[tier].map((port) => ({ tier, address, port })));
}

/** Tries every target from a pod, and gives those that took the connection. */
async function tryFrom(source: string, targets: readonly Target[]): Promise<readonly Target[]> {
  const namespace = source === 'outsider' ? '-n default' : '';
  const isJava = source === 'kafka' || source === 'zookeeper';
  const pod = isJava ? `${source}-0` : DEPLOYMENTS.includes(source) ? `deployment/${source}` : source;
  if (!isJava) {
    const output = await typeWell(`kubectl ${namespace} exec ${pod} -- node -e '${buildProgram(targets)}'`);
    return (JSON.parse(output) as number[]).flatMap((index) => targets[index] ?? []);
  }
  // All at once: a closed one takes its whole patience. A server's own pod does not count, loopback is always open.
  const tries = targets.map(
    ({ address, port }, index) => `(nc -z -w 3 ${address} ${String(port)} >/dev/null 2>&1 && echo ${String(index)}) &`,
  );
  const output = await typeWell(`kubectl exec ${pod} -- sh -c '${tries.join(' ')} wait'`);
  const own = await typeWell(`kubectl get pod ${pod} -o jsonpath={.status.podIP}`);
  const indexes = output.split('\n').filter(Boolean).map(Number);
  return indexes.flatMap((index) => targets[index] ?? []).filter(({ address }) => address !== own.trim());
}

/** A program for Node.js that prints the indexes of the targets that take a connection within three seconds. */
function buildProgram(targets: readonly Target[]): string {
  const places = JSON.stringify(targets.map(({ address, port }) => [port, address]));
  return `
    const { networkInterfaces } = require("os");
    const own = Object.values(networkInterfaces()).flat().map(({ address }) => address);
    Promise.all(${places.replaceAll("'", '"')}.map(([port, host], index) => new Promise((resolve) => {
      if (own.includes(host)) return resolve();
      const socket = require("net").connect(port, host);
      const end = (result) => { socket.destroy(); resolve(result); };
      socket.once("connect", () => end(index)).once("error", () => end()).setTimeout(3000, () => end());
    }))).then((found) => console.log(JSON.stringify(found.filter((index) => index !== undefined))));`;
}

/** A pod that listens on one port. It never gets ready: no Service may lead to it. */
function describeStandIn(name: string, image: string): string {
  const program = `require("net").createServer((socket) => socket.end()).listen(${String(PORTS.kafdrop)}); process.on("SIGTERM", () => process.exit())`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: name === 'outsider' ? 'default' : 'kafka-lab',
      labels: { 'app.kubernetes.io/name': name, test: 'network-policies' },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'stand-in',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['node', '-e', program],
          readinessProbe: { exec: { command: ['false'] } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  });
}
