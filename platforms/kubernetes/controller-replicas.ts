import { EventEmitter } from 'node:events';
import type { V1Pod } from '@kubernetes/client-node';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { Controller, WatchedControllers } from './controllers.ts';
import { compareCreation, isReplica } from './lab-pods.ts';
import { readController, readPodOrdinal } from './pod-controller.ts';
import type { ReplicaEvents } from './replica-events.ts';
import type { ReplicaListing } from './replica-listing.ts';
import type { WatchedResource } from './watch-resource.ts';

/** The replicas of one Deployment or StatefulSet, whoever made it. */
export interface ControllerReplicas {
  /** @throws AppError when the API server has to be asked and does not answer */
  list(): Promise<readonly Replica[]>;
  /**
   * What keeps them running; nothing when there is neither of that name.
   *
   * @throws AppError as `list`
   */
  findController(): Promise<Controller | undefined>;
  /** How many replicas that was told to have. @throws AppError as `list` */
  readWanted(): Promise<number | undefined>;
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** What the replicas of each are found in. */
interface ReplicasByControllerOptions {
  readonly pods: WatchedResource<V1Pod>;
  readonly controllers: WatchedControllers;
  readonly listing: ReplicaListing;
  readonly events: ReplicaEvents;
}

/** The replicas of a namespace, by the Deployment or StatefulSet that keeps them running. */
export class ReplicasByController {
  readonly #options: ReplicasByControllerOptions;
  readonly #scalings = new EventEmitter<{ scaled: [string, PlatformEvent] }>().setMaxListeners(1000);

  constructor(options: ReplicasByControllerOptions) {
    this.#options = options;
  }

  /** Tells those who watch the one of that name that its number of replicas was changed. */
  tellScaled(controller: string, event: PlatformEvent): void {
    this.#scalings.emit('scaled', controller, event);
  }

  of(name: string): ControllerReplicas {
    const { pods, controllers, listing } = this.#options;
    const findController = async (): Promise<Controller | undefined> =>
      (await controllers.listFresh()).find((controller) => controller.name === name);
    return {
      async list() {
        const all = await pods.listFresh();
        const listed = all.filter((pod) => isReplica(pod) && readController(pod) === name);
        const described = await Promise.all(listed.toSorted(compareCreation).map((pod) => listing.describe(pod)));
        return described.flatMap((one) => (one === undefined ? [] : [one.replica]));
      },
      findController,
      readWanted: async () => (await findController())?.replicas,
      subscribe: (listener) => this.#subscribe(name, listener),
    };
  }

  #subscribe(name: string, listener: (event: PlatformEvent) => void): () => void {
    const isOf = createPodNameTest(name);
    const onScaled = (controller: string, event: PlatformEvent): void => {
      if (controller === name) listener(event);
    };
    this.#scalings.on('scaled', onScaled);
    const unsubscribe = this.#options.events.subscribe((event) => {
      if (event.kind !== 'scaled' && event.kind !== 'node' && isOf(readTarget(event))) listener(event);
    });
    return () => {
      this.#scalings.off('scaled', onScaled);
      unsubscribe();
    };
  }
}

/** The API server cuts what it appends five characters to (kubernetes/kubernetes, apiserver/pkg/storage/names). */
const LONGEST_BASE = 58;

/**
 * Pods of a Deployment are named after it, the hash of their template, and five characters; those of a StatefulSet after
 * it and their ordinal.
 */
function createPodNameTest(controller: string): (pod: string) => boolean {
  const prefix = `${controller}-`.slice(0, LONGEST_BASE);
  return (pod) => {
    if (readPodOrdinal(pod, controller) !== undefined) return true;
    const base = pod.slice(0, -5);
    const hash = base.length === LONGEST_BASE ? /^[a-z0-9]*-?$/ : /^[a-z0-9]+-$/;
    return base.startsWith(prefix) && hash.test(base.slice(prefix.length)) && /^[a-z0-9]{5}$/.test(pod.slice(-5));
  };
}

function readTarget(event: Exclude<PlatformEvent, { kind: 'scaled' | 'node' }>): string {
  return event.kind === 'fault' ? event.fault.target : event.replica.name;
}
