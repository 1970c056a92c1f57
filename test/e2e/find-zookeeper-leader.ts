import { type } from '../typed-command.ts';

/** The pod whose server leads the ensemble. */
export async function findZooKeeperLeader(): Promise<string> {
  for (const pod of ['zookeeper-0', 'zookeeper-1', 'zookeeper-2']) {
    const { output } = await type(`kubectl exec ${pod} -- sh -c 'printf srvr | nc -w 3 127.0.0.1 2181'`);
    if (output.includes('Mode: leader')) return pod;
  }
  throw new Error('no ZooKeeper server leads');
}
