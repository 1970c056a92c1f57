/**
 * Where things are reached. In the cluster by Service name, on the local platform on loopback with
 * the same numbers, so that every command of the README works on both.
 */
export const PORTS = {
  producer: 8000,
  consumer: 8001,
  page: 8080,
  kafdrop: 9000,
  /** Clients inside the cluster. */
  kafka: 29_029,
  /** Clients on the host: broker n is at this port plus n. */
  kafkaHost: 9092,
  zookeeper: 2181,
  zookeeperPeer: 2888,
  zookeeperElection: 3888,
} as const;

/** Node port of broker 0's host listener; broker n is at this port plus n. */
export const KAFKA_NODE_PORT = 30_092;

/** The namespace of the lab in a cluster, unless the settings name another. */
export const NAMESPACE = 'kafka-lab';

/** The name of the lab's kind cluster. */
export const CLUSTER = 'kafka-lab';
/** The context that kind gives that cluster in the kubeconfig. */
export const CONTEXT = `kind-${CLUSTER}`;

/** Marks the namespaces in which faults may be injected, and everything that pruning may remove. */
export const LAB_LABEL = { key: 'app.kubernetes.io/part-of', value: 'kafka-lab' } as const;
