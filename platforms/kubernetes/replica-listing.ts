import type { V1Pod } from '@kubernetes/client-node';
import type { Replica, Workload } from '../../lib/contracts/replica.ts';
import { describeReplica, readNode, type DescribedReplica } from './describe-replica.ts';
import { compareReplicaPods, isReplica, readName, readUid, readWorkload, LISTED_WORKLOADS } from './lab-pods.ts';
import type { Life } from './life.ts';
import type { NodeZones } from './node-zones.ts';
import type { WatchedResource } from './watch-resource.ts';

interface ReplicaListingOptions {
  readonly pods: WatchedResource<V1Pod>;
  /** What a pod is, where more than the lab's own workloads are looked at. @default what its labels say */
  readonly readRole?: (pod: V1Pod) => Workload | undefined;
  readonly zones: NodeZones;
  /** What a launcher says, where it can be asked. */
  readonly readLife: (pod: V1Pod) => Promise<Life | undefined>;
  /** Where a service's pod is reached. */
  readonly readUrl: (pod: V1Pod) => Promise<string | undefined>;
  /** Told of each replica that was described from its latest pod. */
  readonly onDescribed: (described: DescribedReplica) => void;
}

/** Pods as the replicas that they are, with zone, address and life. */
export interface ReplicaListing {
  /** Replicas in the order of their workloads, ordinals, and creation. */
  list(workload?: Workload): Promise<readonly Replica[]>;
  describe(pod: V1Pod): Promise<DescribedReplica | undefined>;
  /** Describes the replica of that name, for those who are told of it. */
  look(name: string): Promise<void>;
  find(uid: string): V1Pod | undefined;
}

/** A listing of the pods of one watched collection; what runs in the pods is asked through the functions it is given. */
export function createReplicaListing(options: ReplicaListingOptions): ReplicaListing {
  const { pods, zones, readLife, readUrl, onDescribed, readRole = readWorkload } = options;
  const find = (uid: string): V1Pod | undefined => pods.list().find((pod) => readUid(pod) === uid);

  const describe = async (pod: V1Pod): Promise<DescribedReplica | undefined> => {
    const role = readRole(pod);
    const node = readNode(pod);
    // What is opened for a pod that is gone would stay open.
    const isThere = find(readUid(pod)) !== undefined;
    const [zone, url, life] = await Promise.all([
      node === undefined ? undefined : zones.find(node),
      isThere ? readUrl(pod) : undefined,
      isThere && (role === 'kafka' || role === 'zookeeper') ? readLife(pod) : undefined,
    ]);
    return describeReplica(pod, { zone, url, life }, role);
  };
  const describeAndTell = async (pod: V1Pod): Promise<DescribedReplica | undefined> => {
    const described = await describe(pod);
    // A pod that has changed meanwhile is described anew by whoever takes in the change.
    if (described !== undefined && find(readUid(pod)) === pod) onDescribed(described);
    return described;
  };
  return {
    async list(workload) {
      const wanted = workload === undefined ? LISTED_WORKLOADS : [workload];
      const isWanted = (pod: V1Pod): boolean => wanted.some((one) => one === readWorkload(pod));
      const listed = (await pods.listFresh()).filter((pod) => isReplica(pod) && isWanted(pod));
      const described = await Promise.all(listed.toSorted(compareReplicaPods).map(describeAndTell));
      return described.flatMap((one) => (one === undefined ? [] : [one.replica]));
    },
    describe,
    async look(name) {
      const pod = pods.list().find((candidate) => readName(candidate) === name);
      if (pod !== undefined) await describeAndTell(pod);
    },
    find,
  };
}
