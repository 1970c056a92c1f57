import { describe, expect, it } from '@jest/globals';
import { Testing } from 'cdk8s';
import { buildApp } from './build-app.ts';
import { parseSettings } from './settings.ts';

interface Container {
  readonly resources: {
    readonly requests: { readonly cpu: string; readonly memory: string };
    readonly limits: { readonly memory: string };
  };
}

interface Synthesized {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Record<string, string> };
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}

/** Kinds whose objects are in no namespace. */
const CLUSTER_SCOPED = ['Namespace', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding'];

function build(given: unknown = {}) {
  const { charts } = buildApp(parseSettings(given), { outdir: 'unused' });
  return { charts, objects: charts.flatMap((chart) => Testing.synth(chart) as Synthesized[]) };
}

/** What all pods of the lab ask for together; a Deployment starts with one. */
function sumResources(objects: readonly Synthesized[], read: (container: Container) => string): number {
  return objects
    .flatMap(({ spec }) =>
      Array.from({ length: spec?.replicas ?? 1 }, () => spec?.template?.spec.containers ?? []).flat(),
    )
    .reduce((sum, container) => sum + Number.parseInt(read(container), 10), 0);
}

describe('buildApp', () => {
  it('puts the charts in the order in which they are applied: the namespace, what the cluster must know, what closes it', () => {
    expect(build().charts.map(({ node }) => node.id)).toEqual([
      'namespace',
      'consumer-group-crd',
      'network-policies',
      'zookeeper',
      'kafka',
      'topics',
      'kafdrop',
      'producer',
      'consumer',
      'operator',
      'consumer-group',
    ]);
  });

  it('leaves Kafdrop out when it is switched off', () => {
    const { charts } = build({ kafdrop: { isEnabled: false } });
    expect(charts.map(({ node }) => node.id)).not.toContain('kafdrop');
  });

  it('leaves the operator and its group out when it is switched off, but never the kind: others may use it', () => {
    const ids = build({ operator: { isEnabled: false } }).charts.map(({ node }) => node.id);
    expect(ids).toContain('consumer-group-crd');
    expect(ids.filter((id) => ['operator', 'consumer-group'].includes(id))).toEqual([]);
  });

  it('is read-only unless the settings allow more', () => {
    const namesControls = (given: unknown) => JSON.stringify(build(given).objects).includes('deployments/scale');
    expect(namesControls({})).toBe(false);
    expect(namesControls({ operator: { allowControls: true } })).toBe(true);
  });

  it('runs the consumers as static members only when the settings say so', () => {
    const listConsumers = (given: unknown) =>
      build(given).objects.filter(({ kind, metadata }) => kind !== 'Service' && metadata.name === 'consumer');
    expect(listConsumers({}).map(({ kind }) => kind)).toContain('Deployment');
    const kinds = listConsumers({ consumer: { static: true } }).map(({ kind }) => kind);
    expect(kinds).toContain('StatefulSet');
    expect(kinds).not.toContain('Deployment');
  });

  it('marks every object as the lab’s and puts it in the namespace', () => {
    for (const { kind, metadata } of build({ namespace: 'elsewhere' }).objects) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/part-of': 'kafka-lab',
        'app.kubernetes.io/managed-by': 'cdk8s',
      });
      expect(metadata.namespace).toBe(CLUSTER_SCOPED.includes(kind) ? undefined : 'elsewhere');
    }
  });

  it('gives no name twice', () => {
    const names = build().objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('fits two cores and 6 GiB with six more consumers', () => {
    const { objects } = build();
    const consumer = objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'consumer');
    const all = [...objects, ...Array.from({ length: 6 }, () => consumer).flat()];
    expect(sumResources(all, ({ resources }) => resources.requests.cpu)).toBeLessThanOrEqual(1000);
    expect(sumResources(all, ({ resources }) => resources.limits.memory)).toBeLessThanOrEqual(6 * 1024);
    expect(sumResources(objects, ({ resources }) => resources.limits.memory)).toBe(3968);
  });

  it('passes a contradiction on with the path of the construct', () => {
    const settings = parseSettings({});
    const build = () => buildApp({ ...settings, kafka: { ...settings.kafka, brokers: 2 } }, { outdir: 'unused' });
    expect(build).toThrow(/^kafka: Kafka has 3 copies on 2 brokers/);
  });
});
