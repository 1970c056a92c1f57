import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Testing } from 'cdk8s';
import { parse } from 'yaml';
import { buildApp } from '../../cdk8s/build-app.ts';
import { parseSettings } from '../../cdk8s/settings.ts';
import { CONSUMER_GROUP_SCHEMA } from '../../charts/crds/consumer-group-crd.ts';
import { findSchemaProblems, type ManifestObject } from './kubernetes-schema.ts';
import { findObjectProblems, pruneObject } from './structural-schema.ts';

const ENVIRONMENTS = ['kind', 'large'];

function synthesize(environment: string): readonly ManifestObject[] {
  const file = new URL(`../../cdk8s/environments/${environment}.yaml`, import.meta.url);
  return build(parse(readFileSync(file, 'utf8')));
}

function build(settings: unknown): readonly ManifestObject[] {
  const app = buildApp(parseSettings(settings), { outdir: 'unused' });
  return app.charts.flatMap((chart) => Testing.synth(chart) as ManifestObject[]);
}

describe.each(ENVIRONMENTS)('the manifests of %s', (environment) => {
  it('fit the schemas of Kubernetes, without an unknown field', async () => {
    const objects = synthesize(environment).filter(({ kind }) => kind !== 'ConsumerGroup');
    const problems = await Promise.all(
      objects.map(async (object) => ({
        object: `${object.kind} ${object.metadata.name}`,
        problems: await findSchemaProblems(object),
      })),
    );
    expect(objects.length).toBeGreaterThan(30);
    expect(problems.filter((found) => found.problems.length > 0)).toEqual([]);
  });

  it('have a consumer group that fits the schema of the lab, without an unknown field', () => {
    const groups = synthesize(environment).filter(({ kind }) => kind === 'ConsumerGroup');
    expect(groups.map(({ metadata }) => metadata.name)).toEqual(['app']);
    for (const group of groups) {
      expect(findObjectProblems(CONSUMER_GROUP_SCHEMA, group)).toEqual([]);
      expect(pruneObject(CONSUMER_GROUP_SCHEMA, group)).toEqual(group);
    }
  });
});

describe('the manifests of consumers that are static members', () => {
  it('fit the schemas of Kubernetes, without an unknown field', async () => {
    const consumers = build({ consumer: { static: true } }).filter(({ metadata }) => /^consumer\b/.test(metadata.name));
    expect(consumers.map(({ kind }) => kind)).toContain('StatefulSet');
    expect((await Promise.all(consumers.map(findSchemaProblems))).flat()).toEqual([]);
  });
});

describe('findSchemaProblems', () => {
  const pod = { name: 'a', image: 'b:1', readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 } };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', labels: { any: 'label' }, annotations: { any: 'annotation' } },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [pod] } },
    },
  };

  function withContainer(container: object): ManifestObject {
    const template = { ...deployment.spec.template, spec: { containers: [container] } };
    return { ...deployment, spec: { ...deployment.spec, template } } as ManifestObject;
  }

  it('has nothing against what is right', async () => {
    expect(await findSchemaProblems(deployment)).toEqual([]);
  });

  it('refuses a misspelt field, however deep', async () => {
    const { readinessProbe, ...rest } = pod;
    expect(await findSchemaProblems(withContainer({ ...rest, readinesProbe: readinessProbe }))).toEqual([
      '/spec/template/spec/containers/0/readinesProbe is no field of Deployment',
    ]);
    const misspelt = { ...pod, readinessProbe: { ...pod.readinessProbe, periodSecond: 5 } };
    expect(await findSchemaProblems(withContainer(misspelt))).toEqual([
      '/spec/template/spec/containers/0/readinessProbe/periodSecond is no field of Deployment',
    ]);
  });

  it('refuses a misspelt field at the top and in the metadata', async () => {
    const metadata = { name: 'a', lables: 'a' };
    expect(await findSchemaProblems({ ...deployment, metadata, status_: 1 } as ManifestObject)).toEqual([
      '/metadata/lables is no field of Deployment',
      '/status_ is no field of Deployment',
    ]);
  });

  it('refuses a misspelt field of a definition, also in what an array is of', async () => {
    const item = { type: 'object', properties: { port: { type: 'integer', minimun: 1 } } };
    const list = { type: 'array', description: 'a', 'x-kubernetes-list-type': 'atomic', items: item, maxItem: 3 };
    const schema = { openAPIV3Schema: { type: 'object', properties: { list } } };
    const names = { kind: 'A', plural: 'as' };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'as.b' },
      spec: { group: 'b', scope: 'Namespaced', names, versions },
    };
    expect(await findSchemaProblems(definition)).toEqual([
      '/spec/versions/0/schema/openAPIV3Schema/properties/list/maxItem is no field of CustomResourceDefinition',
      '/properties/port/minimun is no field of CustomResourceDefinition',
    ]);
  });

  it('refuses a value of a wrong type', async () => {
    expect(await findSchemaProblems(withContainer({ ...pod, image: 1 }))).toEqual([
      '/spec/template/spec/containers/0/image breaks type',
    ]);
  });
});
