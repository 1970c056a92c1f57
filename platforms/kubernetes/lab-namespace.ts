import { LAB_LABEL, PORTS } from '../../lib/contracts/addresses.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { KubeClient } from './kube-client.ts';

const HOST_SERVICE = /^kafka-host-(\d+)$/;

/**
 * Makes sure that a namespace is a lab's, before anything in it is scaled or broken.
 *
 * @throws AppError `no-such-target` when it is not there, or does not bear the lab's label
 */
export async function requireLabNamespace(client: KubeClient, namespace: string): Promise<void> {
  const { metadata } = await client.call(`read namespace ${namespace} of context ${client.context}`, () =>
    client.core.readNamespace({ name: namespace }),
  );
  if (metadata?.labels?.[LAB_LABEL.key] === LAB_LABEL.value) return;
  throw new AppError(
    'no-such-target',
    `namespace ${namespace} of context ${client.context} is not a lab's: ` +
      `it has no label ${LAB_LABEL.key}=${LAB_LABEL.value}`,
  );
}

/**
 * Where clients on this machine reach the brokers: each has a Service for them, which kind leads to a port here.
 *
 * @throws AppError `no-such-target` when there is no such Service
 */
export async function findKafkaAddresses(client: KubeClient, namespace: string): Promise<readonly string[]> {
  const { items } = await client.call(`list the Services of namespace ${namespace}`, () =>
    client.core.listNamespacedService({ namespace, labelSelector: `${LAB_LABEL.key}=${LAB_LABEL.value}` }),
  );
  const ordinals = items.flatMap(({ metadata }) => {
    const ordinal = HOST_SERVICE.exec(metadata?.name ?? '')?.[1];
    return ordinal === undefined ? [] : [Number(ordinal)];
  });
  if (ordinals.length === 0) {
    throw new AppError(
      'no-such-target',
      `namespace ${namespace} of context ${client.context} has no Service kafka-host-0: no Kafka is deployed there`,
    );
  }
  return ordinals.toSorted((a, b) => a - b).map((ordinal) => `127.0.0.1:${String(PORTS.kafkaHost + ordinal)}`);
}
