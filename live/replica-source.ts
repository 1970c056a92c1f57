import type { GroupReplica } from '../groups/group-replica.ts';
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { ScalableWorkload } from '../lib/contracts/replica.ts';
import type { Platform } from '../platforms/platform.ts';

/** Where the replicas of one Deployment are learnt from. */
export interface ReplicaSource {
  /** Those there are, in the order of their start. */
  list(): Promise<readonly GroupReplica[]>;
  /** How many there should be, as far as that is known. */
  readWanted(): Promise<number | undefined>;
  /** Calls back on everything the platform sees of them, from now on. Returns the function that ends it. */
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** The replicas of one of the lab's own Deployments. */
export function createReplicaSource(platform: Platform, workload: ScalableWorkload): ReplicaSource {
  const names = new Set<string>();
  return {
    async list() {
      const replicas = await platform.listReplicas(workload);
      for (const { name } of replicas) names.add(name);
      return replicas;
    },
    readWanted: () => platform.readScale(workload),
    subscribe: (listener) =>
      platform.subscribe((event) => {
        if (isAbout(event, workload, names)) listener(event);
      }),
  };
}

function isAbout(event: PlatformEvent, workload: ScalableWorkload, names: ReadonlySet<string>): boolean {
  switch (event.kind) {
    case 'scaled':
      return event.workload === workload;
    case 'phase':
    case 'removed':
      return event.replica.workload === workload;
    case 'fault':
      return names.has(event.fault.target);
    case 'node':
      return false;
  }
}
