import { PORTS } from '../../lib/contracts/addresses.ts';
import { findFreePort, requireFreePort } from './ports.ts';

/** The ports of the ZooKeeper servers and the brokers of one local cluster, by ordinal. */
export interface ClusterLayout {
  readonly zookeeper: readonly { readonly client: number; readonly peer: number; readonly election: number }[];
  readonly kafka: readonly number[];
}

interface ClusterSize {
  readonly zookeeperServers: number;
  readonly brokers: number;
}

/**
 * The ports of the README, or with `auto` any that are free.
 *
 * @throws AppError `port-in-use` that names the first port taken and who has it
 */
export async function planPorts(size: ClusterSize, ports: 'fixed' | 'auto'): Promise<ClusterLayout> {
  const pick = async (port: number, purpose: string): Promise<number> => {
    if (ports === 'auto') return findFreePort();
    await requireFreePort(port, purpose);
    return port;
  };
  const zookeeper = [];
  for (let ordinal = 0; ordinal < size.zookeeperServers; ordinal += 1) {
    const name = `zookeeper-${String(ordinal)}`;
    zookeeper.push({
      client: await pick(PORTS.zookeeper + ordinal, name),
      peer: await pick(PORTS.zookeeperPeer + ordinal, `${name}'s peers`),
      election: await pick(PORTS.zookeeperElection + ordinal, `${name}'s elections`),
    });
  }
  const kafka = [];
  for (let ordinal = 0; ordinal < size.brokers; ordinal += 1) {
    kafka.push(await pick(PORTS.kafkaHost + ordinal, `kafka-${String(ordinal)}`));
  }
  return { zookeeper, kafka };
}
