import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { APP_GROUP, APP_TOPIC, DEFAULT_TOPIC_SIZING } from '../../lib/contracts/topics.ts';
import { findSchemaProblems, type ManifestObject } from './kubernetes-schema.ts';

/*
 * The example of docs/keda: it names what the lab has, in fields that KEDA knows.
 */

/** The type of a field, or the fields of an object; of an array the one that its items have. */
type Shape = 'string' | 'integer' | 'boolean' | readonly [Shape] | { readonly [field: string]: Shape };

const BEHAVIOR = {
  stabilizationWindowSeconds: 'integer',
  selectPolicy: 'string',
  policies: [{ type: 'string', value: 'integer', periodSeconds: 'integer' }],
} as const;

/**
 * The fields of a ScaledObject that an example may need, as kedacore/keda declares them in August 2026:
 * config/crd/bases/keda.sh_scaledobjects.yaml, and for the metadata of the trigger pkg/scalers/kafka_scaler.go.
 */
const SCALED_OBJECT: Shape = {
  apiVersion: 'string',
  kind: 'string',
  metadata: { name: 'string', namespace: 'string', labels: { 'app.kubernetes.io/name': 'string' } },
  spec: {
    scaleTargetRef: { apiVersion: 'string', kind: 'string', name: 'string' },
    minReplicaCount: 'integer',
    maxReplicaCount: 'integer',
    idleReplicaCount: 'integer',
    pollingInterval: 'integer',
    cooldownPeriod: 'integer',
    initialCooldownPeriod: 'integer',
    advanced: {
      restoreToOriginalReplicaCount: 'boolean',
      horizontalPodAutoscalerConfig: { name: 'string', behavior: { scaleUp: BEHAVIOR, scaleDown: BEHAVIOR } },
    },
    triggers: [
      {
        type: 'string',
        name: 'string',
        metricType: 'string',
        useCachedMetrics: 'boolean',
        // The definition declares a map of texts: a number or a truth is refused.
        metadata: {
          bootstrapServers: 'string',
          consumerGroup: 'string',
          topic: 'string',
          lagThreshold: 'string',
          activationLagThreshold: 'string',
          allowIdleConsumers: 'string',
          limitToPartitionsWithLag: 'string',
          ensureEvenDistributionOfPartitions: 'string',
          excludePersistentLag: 'string',
          offsetResetPolicy: 'string',
          version: 'string',
        },
      },
    ],
  },
};

function findShapeProblems(shape: Shape, value: unknown, path = ''): readonly string[] {
  if (shape === 'integer') return Number.isInteger(value) ? [] : [`${path} is no integer`];
  if (typeof shape === 'string') return typeof value === shape ? [] : [`${path} is no ${shape}`];
  if (isArrayShape(shape)) {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((item, index) => findShapeProblems(shape[0], item, `${path}[${String(index)}]`));
  }
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return Object.entries(value).flatMap(([key, child]) => {
    const known = shape[key];
    return known === undefined ? [`${path}.${key} is unknown`] : findShapeProblems(known, child, `${path}.${key}`);
  });
}

function isArrayShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

const TEXT = readFileSync(new URL('../../docs/keda/scaled-object.yaml', import.meta.url), 'utf8');
const [scaledObject, policy] = parseAllDocuments(TEXT).map((document) => document.toJS() as ManifestObject);

describe('the ScaledObject of the docs', () => {
  it('has only fields that KEDA knows, with values of their types', () => {
    expect(findShapeProblems(SCALED_OBJECT, scaledObject)).toEqual([]);
  });

  it('would not get by with a misspelt field, or a truth where KEDA wants text', () => {
    const trigger = { type: 'kafka', metadata: { allowIdleConsumers: false, lagTreshold: '1' } };
    expect(findShapeProblems(SCALED_OBJECT, { spec: { minReplicas: 1, triggers: [trigger] } })).toEqual([
      '.spec.minReplicas is unknown',
      '.spec.triggers[0].metadata.allowIdleConsumers is no string',
      '.spec.triggers[0].metadata.lagTreshold is unknown',
    ]);
  });

  it('scales the consumers of the lab by the lag of their group, up to one for each partition', () => {
    expect(scaledObject).toMatchObject({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { namespace: 'kafka-lab' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'consumer' },
        minReplicaCount: 1,
        maxReplicaCount: DEFAULT_TOPIC_SIZING.partitions,
        advanced: { restoreToOriginalReplicaCount: true },
        triggers: [
          {
            type: 'kafka',
            metadata: {
              bootstrapServers: `kafka.kafka-lab:${String(PORTS.kafka)}`,
              consumerGroup: APP_GROUP,
              topic: APP_TOPIC,
              allowIdleConsumers: 'false',
            },
          },
        ],
      },
    });
  });

  it('comes with a policy that lets KEDA ask the brokers, and that no deploy prunes', async () => {
    if (!policy) throw new RangeError('there is no second document');
    expect(await findSchemaProblems(policy)).toEqual([]);
    expect(policy).toMatchObject({
      kind: 'NetworkPolicy',
      metadata: { namespace: 'kafka-lab' },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'kafka' } },
        ingress: [{ ports: [{ protocol: 'TCP', port: PORTS.kafka }] }],
      },
    });
    for (const { metadata } of [scaledObject, policy].flatMap((object) => object ?? []))
      expect(metadata.labels).not.toHaveProperty(['app.kubernetes.io/part-of']);
  });
});
