import { describe, expect, it } from '@jest/globals';
import { ConsumerGroupCrdChart } from './consumer-group-crd-chart.ts';
import type { StructuralSchema } from './crds/structural-schema.ts';
import { CONSUMER_GROUP_SCHEMA } from './crds/consumer-group-crd.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

interface PrinterColumn {
  readonly name: string;
  readonly jsonPath: string;
  readonly priority?: number;
}

interface Definition {
  readonly versions: readonly [{ readonly additionalPrinterColumns: readonly PrinterColumn[] }];
}

function build() {
  return synthesize((app) => new ConsumerGroupCrdChart(app, 'consumer-group-crd'));
}

function findDefinition() {
  return findObject(build(), 'CustomResourceDefinition', 'consumergroups.groups.kafka-lab.dev');
}

function listColumns(): readonly PrinterColumn[] {
  return (findDefinition().spec as Definition).versions[0].additionalPrinterColumns;
}

/** Every schema in it, by its path. */
function listSchemas(schema: StructuralSchema, path = ''): readonly (readonly [string, StructuralSchema])[] {
  const inner =
    schema.type === 'object'
      ? Object.entries(schema.properties).flatMap(([name, child]) => listSchemas(child, `${path}.${name}`))
      : schema.type === 'array'
        ? listSchemas(schema.items, `${path}[]`)
        : [];
  return [[path, schema], ...inner];
}

describe('ConsumerGroupCrdChart', () => {
  it('defines a kind in namespaces, marked as the lab’s, and in no namespace itself', () => {
    const { metadata, spec } = findDefinition();
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/part-of': 'kafka-lab' });
    expect(metadata).not.toHaveProperty('namespace');
    expect(spec).toMatchObject({
      group: 'groups.kafka-lab.dev',
      scope: 'Namespaced',
      names: { kind: 'ConsumerGroup', plural: 'consumergroups', shortNames: ['cg'], categories: ['kafka-lab'] },
      versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } }],
    });
  });

  it('reads like a dashboard in kubectl get', () => {
    const columns = listColumns();
    expect(columns.filter(({ priority }) => priority === undefined).map(({ name }) => name)).toEqual([
      'State',
      'Members',
      'Partitions',
      'Shares',
      'Idle',
      'Imbalance',
      'Lag',
      'Balanced',
      'Last Rebalance',
      'Age',
    ]);
    expect(columns.filter(({ priority }) => priority === 1).map(({ name }) => name)).toEqual([
      'Topic',
      'Deployment',
      'Assignor',
      'Explanation',
    ]);
  });

  it('has no column without a field', () => {
    const fields = ['.metadata.creationTimestamp', ...listSchemas(CONSUMER_GROUP_SCHEMA).map(([path]) => path)];
    const paths = listColumns().map(({ jsonPath }) => jsonPath.replace(/\[\?\(@\.type=="\w+"\)\]/, '[]'));
    expect(paths.filter((path) => !fields.includes(path))).toEqual([]);
  });

  it('describes every field in a sentence', () => {
    const bare = listSchemas(CONSUMER_GROUP_SCHEMA).filter(([, { description }]) => !/^[A-Z].*\.$/.test(description));
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('has the keys of a list in each of its items', () => {
    const lists = listSchemas(CONSUMER_GROUP_SCHEMA).flatMap(([path, schema]) =>
      schema.type === 'array' && schema['x-kubernetes-list-type'] === 'map' ? [{ path, schema }] : [],
    );
    expect(lists.map(({ path }) => path)).toEqual(['.status.pods', '.status.conditions']);
    for (const { schema } of lists)
      expect(schema.items).toMatchObject({
        required: expect.arrayContaining([...(schema['x-kubernetes-list-map-keys'] ?? [])]) as unknown,
      });
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
