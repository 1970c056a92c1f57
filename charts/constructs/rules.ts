import type { Construct } from 'constructs';

/*
 * What must hold between settings. Each rule returns a sentence that names both values, or undefined.
 * Charts refuse to be constructed with them; the settings report all of them at once.
 */

/** A problem in words, or undefined when there is none. */
export type Problem = string | undefined;

/** @throws RangeError that names the construct and all its problems. */
export function refuse(construct: Construct, problems: readonly Problem[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new RangeError(`${construct.node.path}: ${found.join('; ')}`);
}

/** A ZooKeeper ensemble has 1 to 255 servers (`myid`), and an odd number of them. */
export function checkEnsemble(servers: number): Problem {
  if (!Number.isInteger(servers) || servers < 1 || servers > 255)
    return `an ensemble has 1 to 255 servers, not ${String(servers)}`;
  if (servers % 2 === 0) {
    const survived = String((servers - 2) / 2);
    return `an ensemble of ${String(servers)} servers survives the loss of ${survived}, as one of ${String(servers - 1)} does: the number must be odd`;
  }
  return undefined;
}

/** Every copy of a partition is on another broker. */
export function checkReplication({ what, brokers, replicationFactor }: ReplicationRule): Problem {
  return replicationFactor > brokers
    ? `${what} has ${String(replicationFactor)} copies on ${String(brokers)} brokers: every copy needs a broker of its own`
    : undefined;
}

interface ReplicationRule {
  readonly what: string;
  readonly brokers: number;
  readonly replicationFactor: number;
}

/** With as many in-sync replicas demanded as there are copies, every restart of a broker stops the writers. */
export function checkInSyncReplicas({ what, minInSyncReplicas, replicationFactor }: InSyncRule): Problem {
  return minInSyncReplicas >= replicationFactor
    ? `${what} demands ${String(minInSyncReplicas)} in-sync replicas of ${String(replicationFactor)} copies: it must be fewer, or one stopped broker stops all writes`
    : undefined;
}

interface InSyncRule {
  readonly what: string;
  readonly minInSyncReplicas: number;
  readonly replicationFactor: number;
}

/** A JVM needs memory beside its heap (classes, code, threads, buffers); the kernel kills it at the limit. */
export function checkHeap({ heapMiB, nonHeapMiB, memoryLimitMiB }: HeapRule): Problem {
  return heapMiB + nonHeapMiB > memoryLimitMiB
    ? `a heap of ${String(heapMiB)} MiB and ${String(nonHeapMiB)} MiB beside it do not fit the memory limit of ${String(memoryLimitMiB)} MiB`
    : undefined;
}

interface HeapRule {
  readonly heapMiB: number;
  readonly nonHeapMiB: number;
  readonly memoryLimitMiB: number;
}

/** Ports of TCP. */
export function checkPort(name: string, port: number): Problem {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
    ? undefined
    : `port ${name} is ${String(port)}; a port is 1 to 65535`;
}

/** Node ports of a cluster are 30000 to 32767; each broker takes the next one. */
export function checkNodePorts(first: number, brokers: number): Problem {
  const last = first + brokers - 1;
  return first < 30_000 || last > 32_767
    ? `${String(brokers)} brokers from node port ${String(first)} need ${String(first)} to ${String(last)}; a cluster has 30000 to 32767`
    : undefined;
}

/** Zones are label values (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels), each named once. */
export function checkZones(zones: readonly string[]): Problem {
  const invalid = zones.find((zone) => !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(zone));
  if (invalid !== undefined) return `zone ${JSON.stringify(invalid)} is no label value`;
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  return twice === undefined ? undefined : `zone ${twice} is named twice in ${zones.join(', ')}`;
}

/** Kafka's rule for the names of topics (`org.apache.kafka.common.internals.Topic`). */
export function checkTopicName(what: string, name: string): Problem {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
    ? undefined
    : `${what} ${JSON.stringify(name)} is no name of a topic`;
}

/** Most objects are named as hosts are (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
export function checkObjectName(what: string, name: string): Problem {
  const isSubdomain =
    name.length <= 253 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name);
  return isSubdomain ? undefined : `${what} ${JSON.stringify(name)} is no name of an object`;
}

/** A namespace is a part of every host name, so a DNS label. */
export function checkNamespace(namespace: string): Problem {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)
    ? undefined
    : `namespace ${JSON.stringify(namespace)} is no DNS label`;
}
