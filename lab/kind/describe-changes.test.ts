import { describe, expect, it } from '@jest/globals';
import { describeChanges, readList, type KubernetesObject } from './describe-changes.ts';

function buildObject(fields: Partial<KubernetesObject> & { metadata?: object } = {}): KubernetesObject {
  return { kind: 'Service', spec: { port: 1 }, ...fields, metadata: { name: 'kafka', ...fields.metadata } };
}

describe('describeChanges', () => {
  it('says nothing when only the bookkeeping differs', () => {
    const live = buildObject({
      metadata: {
        name: 'kafka',
        resourceVersion: '1',
        generation: 1,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":1}' },
      },
      status: { ready: 1 },
    });
    const tried = buildObject({
      metadata: {
        name: 'kafka',
        resourceVersion: '2',
        generation: 2,
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":2}' },
      },
    });
    expect(describeChanges([live], [tried])).toEqual([]);
  });

  it.each([
    { change: 'a field', tried: buildObject({ spec: { port: 2 } }) },
    { change: 'a label', tried: buildObject({ metadata: { name: 'kafka', labels: { a: 'b' } } }) },
    { change: 'an annotation', tried: buildObject({ metadata: { name: 'kafka', annotations: { a: 'b' } } }) },
  ])('tells of $change', ({ tried }) => {
    expect(describeChanges([buildObject()], [tried])).toEqual(['service/kafka changed']);
  });

  it('tells of what is new, and keeps kinds apart that share a name', () => {
    const tried = [buildObject(), buildObject({ kind: 'StatefulSet' })];
    expect(describeChanges([buildObject()], tried)).toEqual(['statefulset/kafka created']);
  });
});

describe('readList', () => {
  it.each([
    { title: 'nothing', json: '', count: 0 },
    { title: 'one object', json: JSON.stringify(buildObject()), count: 1 },
    { title: 'a list', json: JSON.stringify({ kind: 'List', items: [buildObject(), buildObject()] }), count: 2 },
  ])('reads $title', ({ json, count }) => {
    expect(readList(json)).toHaveLength(count);
  });
});
