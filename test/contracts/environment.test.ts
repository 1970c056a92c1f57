import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Testing } from 'cdk8s';
import { parse } from 'yaml';
import { buildApp } from '../../cdk8s/build-app.ts';
import { parseSettings } from '../../cdk8s/settings.ts';
import { parseConfig } from '../../lib/config/parse-config.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { buildTopicSpecs } from '../../lib/contracts/topics.ts';
import { CONSUMER_VARIABLES } from '../../services/consumer/config.ts';
import { OPERATOR_VARIABLES } from '../../services/operator/config.ts';
import { PRODUCER_VARIABLES } from '../../services/producer/config.ts';

/*
 * What is agreed on between folders that may not import each other: the manifests set what the services declare.
 */

interface Container {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly args: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
    readonly volumeClaimTemplates: readonly [
      { readonly spec: { readonly resources: { readonly requests: { readonly storage: string } } } },
    ];
  };
}

function readSettings(environment: string) {
  const file = new URL(`../../cdk8s/environments/${environment}.yaml`, import.meta.url);
  return parseSettings(parse(readFileSync(file, 'utf8')));
}

function synthesize(environment: string): readonly Manifest[] {
  const app = buildApp(readSettings(environment), { outdir: 'unused' });
  return app.charts.flatMap((chart) => Testing.synth(chart) as Manifest[]);
}

function find(environment: string, kind: string, name: string): Manifest {
  const found = synthesize(environment).find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new RangeError(`no ${kind} ${name}`);
  return found;
}

/** The environment as a container gets it: fields of the pod have some value. */
function readEnvironment(environment: string, service: string): Record<string, string> {
  const [container] = find(environment, 'Deployment', service).spec.template.spec.containers;
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? 'told-by-kubernetes']));
}

const SERVICES = [
  { service: 'producer', port: PORTS.producer, declaration: PRODUCER_VARIABLES },
  { service: 'consumer', port: PORTS.consumer, declaration: CONSUMER_VARIABLES },
  { service: 'operator', port: PORTS.page, declaration: OPERATOR_VARIABLES },
];

describe.each(['kind', 'large'])('in %s', (environment) => {
  describe.each(SERVICES)('the $service', ({ service, port, declaration }) => {
    it('is given only variables that it declares', () => {
      const given = Object.keys(readEnvironment(environment, service));
      expect(given.filter((name) => !(name in declaration))).toEqual([]);
    });

    it('is given every variable that it requires, with values that it accepts', () => {
      const values = parseConfig(declaration, readEnvironment(environment, service));
      expect(values).toMatchObject({ HOST: '0.0.0.0', PORT: port, KAFKA_BROKERS: [`kafka:${String(PORTS.kafka)}`] });
    });

    it('is reached at the port of the contract by the names that it accepts', () => {
      const { spec } = find(environment, 'Service', service);
      expect(spec.ports).toMatchObject([{ port, targetPort: 'http' }]);
      const [container] = find(environment, 'Deployment', service).spec.template.spec.containers;
      expect(container.ports).toEqual([{ name: 'http', containerPort: port }]);
      const { ALLOWED_HOSTS: names } = parseConfig(declaration, readEnvironment(environment, service));
      expect(names).toContain(`${service}.kafka-lab.svc.cluster.local`);
    });
  });

  it('tells the operator every ZooKeeper server, in the order of their ordinals', () => {
    const servers = (readEnvironment(environment, 'operator')['ZOOKEEPER_SERVERS'] ?? '').split(',');
    const { replicas } = find(environment, 'StatefulSet', 'zookeeper').spec;
    expect(servers).toEqual(
      Array.from(
        { length: replicas },
        (_, ordinal) => `zookeeper-${String(ordinal)}.zookeeper-headless.kafka-lab.svc.cluster.local:2181`,
      ),
    );
  });

  it('has the topics of the contract', () => {
    const lines = find(environment, 'ConfigMap', 'topics-config').data['topics']?.trim().split('\n') ?? [];
    const names = buildTopicSpecs(readSettings(environment).topics).map(
      ({ name, partitions }) => `${name} ${String(partitions)} `,
    );
    expect(lines).toHaveLength(names.length);
    names.forEach((start, index) => expect(lines[index]?.startsWith(start)).toBe(true));
  });

  it('has the Services of the contract', () => {
    expect(find(environment, 'Service', 'kafka').spec.ports).toMatchObject([{ port: 29_029 }]);
    expect(find(environment, 'Service', 'zookeeper').spec.ports).toMatchObject([{ port: 2181 }]);
    expect(find(environment, 'Service', 'kafdrop').spec.ports).toMatchObject([{ port: 9000 }]);
    expect(find(environment, 'Service', 'operator').spec.ports).toMatchObject([{ port: 8080 }]);
    expect(find(environment, 'Service', 'kafka-host-1').spec.ports).toMatchObject([{ port: 9092, nodePort: 30_093 }]);
  });

  it('mounts the files that the java commands name', () => {
    for (const name of ['zookeeper', 'kafka']) {
      const [{ args }] = find(environment, 'StatefulSet', name).spec.template.spec.containers;
      const files = Object.keys(find(environment, 'ConfigMap', `${name}-config`).data);
      const named = args.join(' ').match(/\/etc\/kafka-lab\/[\w.-]+/g) ?? [];
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((path) => !files.includes(path.replace('/etc/kafka-lab/', '')))).toEqual([]);
    }
  });

  it('has volumes for all that the topics may keep, with a segment more for each partition', () => {
    const settings = readSettings(environment);
    const stored = buildTopicSpecs(settings.topics).reduce(
      (sum, { partitions, replicationFactor, retentionBytes }) =>
        sum + (partitions * replicationFactor * (retentionBytes + 64 * 1024 * 1024)) / settings.kafka.brokers,
      0,
    );
    const [claim] = find(environment, 'StatefulSet', 'kafka').spec.volumeClaimTemplates;
    expect(stored).toBeLessThan(Number.parseInt(claim.spec.resources.requests.storage, 10) * 1024 ** 3);
  });
});
