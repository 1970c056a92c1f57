import { EventEmitter } from 'node:events';
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import { readReplicas } from './deployment-scale.ts';
import { compareCreation, isReplica } from './lab-pods.ts';
import { readDeployment } from './pod-deployment.ts';
import type { ReplicaEvents } from './replica-events.ts';
import type { ReplicaListing } from './replica-listing.ts';
import type { WatchedResource } from './watch-resource.ts';

/** The replicas of one Deployment, whoever made it. */
export interface DeploymentReplicas {
  /** @throws AppError when the API server has to be asked and does not answer */
  list(): Promise<readonly Replica[]>;
  /**
   * Nothing when there is no such Deployment.
   *
   * @throws AppError as `list`
   */
  readWanted(): Promise<number | undefined>;
  subscribe(listener: (event: PlatformEvent) => void): () => void;
}

/** What the replicas of every Deployment are found in. */
export interface WatchedDeploymentsOptions {
  readonly pods: WatchedResource<V1Pod>;
  readonly deployments: WatchedResource<V1Deployment>;
  readonly listing: ReplicaListing;
  readonly events: ReplicaEvents;
}

/** The Deployments of a namespace, each seen by itself. */
export class WatchedDeployments {
  readonly #options: WatchedDeploymentsOptions;
  readonly #scalings = new EventEmitter<{ scaled: [string, PlatformEvent] }>().setMaxListeners(1000);

  constructor(options: WatchedDeploymentsOptions) {
    this.#options = options;
  }

  /** Tells those who watch the Deployment of that name that its number of replicas was changed. */
  tellScaled(deployment: string, event: PlatformEvent): void {
    this.#scalings.emit('scaled', deployment, event);
  }

  of(name: string): DeploymentReplicas {
    const { pods, deployments, listing } = this.#options;
    return {
      async list() {
        const all = await pods.listFresh();
        const listed = all.filter((pod) => isReplica(pod) && readDeployment(pod) === name);
        const described = await Promise.all(listed.toSorted(compareCreation).map((pod) => listing.describe(pod)));
        return described.flatMap((one) => (one === undefined ? [] : [one.replica]));
      },
      async readWanted() {
        const deployment = (await deployments.listFresh()).find(({ metadata }) => metadata?.name === name);
        return deployment && readReplicas(deployment);
      },
      subscribe: (listener) => this.#subscribe(name, listener),
    };
  }

  #subscribe(name: string, listener: (event: PlatformEvent) => void): () => void {
    const isOf = createPodNameTest(name);
    const onScaled = (deployment: string, event: PlatformEvent): void => {
      if (deployment === name) listener(event);
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

/** Pods of a Deployment are named after it, the hash of their template, and five characters. */
function createPodNameTest(deployment: string): (pod: string) => boolean {
  const prefix = `${deployment}-`.slice(0, LONGEST_BASE);
  return (pod) => {
    const base = pod.slice(0, -5);
    const hash = base.length === LONGEST_BASE ? /^[a-z0-9]*-?$/ : /^[a-z0-9]+-$/;
    return base.startsWith(prefix) && hash.test(base.slice(prefix.length)) && /^[a-z0-9]{5}$/.test(pod.slice(-5));
  };
}

function readTarget(event: Exclude<PlatformEvent, { kind: 'scaled' | 'node' }>): string {
  return event.kind === 'fault' ? event.fault.target : event.replica.name;
}
