import { z } from 'zod';
import {
  DEFAULT_API_SERVER_PORT,
  IMAGES,
  KAFKA_DEFAULTS,
  SERVICE_DEFAULTS,
  ZOOKEEPER_DEFAULTS,
} from '../charts/defaults.ts';
import { NAMESPACE } from '../lib/contracts/addresses.ts';
import { DEFAULT_TOPIC_SIZING } from '../lib/contracts/topics.ts';

/*
 * What differs between environments (environments/*.yaml). Everything has a default, so an empty file is the lab on kind;
 * what is the same everywhere is no setting.
 */

/* Leaves tell every problem by what they want: that is their error message. */

function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${String(min)} to ${String(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: 'a group of settings' });
}

function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

const truth = z.boolean({ error: 'true or false' });
const heapMiB = wholeNumber(32, 65_536);
const memoryLimitMiB = wholeNumber(64, 131_072);
const storageGiB = wholeNumber(1, 65_536);
const image = text(
  /^[a-z0-9][\w./-]*(:\d+\/[\w./-]+)?(:[\w.-]+|@sha256:[0-9a-f]{64})$/,
  'an image with a tag or digest',
);
const logFormat = z.enum(['text', 'json'], { error: 'text or json' });
const serviceSettings = {
  memoryLimitMiB: memoryLimitMiB.default(SERVICE_DEFAULTS.memoryLimitMiB),
  logFormat: logFormat.default(SERVICE_DEFAULTS.logFormat),
};

export const settingsSchema = z.strictObject(
  {
    namespace: z.string({ error: 'a DNS label' }).default(NAMESPACE),
    /** Zones to demand; none spreads as far as the cluster allows. */
    zones: z.array(z.string({ error: 'a label value' }), { error: 'a list of zones' }).default([]),
    /** The pod network, told apart from the host by the network policies. */
    podCidr: z.cidrv4({ error: 'a network as 10.244.0.0/16' }).default('10.244.0.0/16'),
    /** Where the API server itself listens, for the policy that lets the operator reach it. */
    apiServerPort: wholeNumber(1, 65_535).default(DEFAULT_API_SERVER_PORT),
    /** Of all volumes. Without it the cluster's default class is used. */
    storageClass: text(/^[a-z0-9][a-z0-9.-]*$/, 'the name of a storage class').optional(),
    images: section({
      kafka: image.default(IMAGES.kafka),
      kafdrop: image.default(IMAGES.kafdrop),
      producer: image.default(IMAGES.producer),
      consumer: image.default(IMAGES.consumer),
      operator: image.default(IMAGES.operator),
    }).prefault({}),
    zookeeper: section({
      servers: wholeNumber(1, 255).default(ZOOKEEPER_DEFAULTS.servers),
      heapMiB: heapMiB.default(ZOOKEEPER_DEFAULTS.heapMiB),
      memoryLimitMiB: memoryLimitMiB.default(ZOOKEEPER_DEFAULTS.memoryLimitMiB),
      storageGiB: storageGiB.default(ZOOKEEPER_DEFAULTS.storageGiB),
    }).prefault({}),
    kafka: section({
      brokers: wholeNumber(1, 100).default(KAFKA_DEFAULTS.brokers),
      heapMiB: heapMiB.default(KAFKA_DEFAULTS.heapMiB),
      memoryLimitMiB: memoryLimitMiB.default(KAFKA_DEFAULTS.memoryLimitMiB),
      storageGiB: storageGiB.default(KAFKA_DEFAULTS.storageGiB),
      /** ZooKeeper grants sessions of 2 to 20 ticks, and a tick is a second. */
      zookeeperSessionTimeoutMs: wholeNumber(2000, 20_000).default(KAFKA_DEFAULTS.zookeeperSessionTimeoutMs),
      initialRebalanceDelayMs: wholeNumber(0, 60_000).default(KAFKA_DEFAULTS.initialRebalanceDelayMs),
    }).prefault({}),
    topics: section({
      partitions: wholeNumber(1, 1000).default(DEFAULT_TOPIC_SIZING.partitions),
      replicationFactor: wholeNumber(1, 100).default(DEFAULT_TOPIC_SIZING.replicationFactor),
      minInSyncReplicas: wholeNumber(1, 100).default(DEFAULT_TOPIC_SIZING.minInSyncReplicas),
    }).prefault({}),
    kafdrop: section({ isEnabled: truth.default(true) }).prefault({}),
    producer: section(serviceSettings).prefault({}),
    consumer: section({
      ...serviceSettings,
      processingDelayMs: wholeNumber(0, 240_000).default(SERVICE_DEFAULTS.processingDelayMs),
      /** Whether a replica that restarts in time is the same member as before: the pods keep their names. */
      static: truth.default(false),
    }).prefault({}),
    operator: section({
      isEnabled: truth.default(true),
      /** Whether whoever reaches the page may scale and delete pods by it. */
      allowControls: truth.default(false),
      ...serviceSettings,
    }).prefault({}),
  },
  { error: 'a mapping of settings' },
);

/** The settings of one environment, complete. */
export type Settings = z.infer<typeof settingsSchema>;
