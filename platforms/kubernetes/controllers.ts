/**
 * What keeps so many pods of a program running: Deployments, and StatefulSets, whose pods keep their names. Which of the
 * two a service of the lab is, its manifests decide.
 */
import type { V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import type { PlatformEvent } from '../../lib/contracts/platform-event.ts';
import type { ScalableWorkload, Workload } from '../../lib/contracts/replica.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import { locateDeployments, locateStatefulSets, type Location } from './collections.ts';
import type { ControllerKind } from './controller-api.ts';
import type { KubeClient } from './kube-client.ts';
import { readWorkload } from './lab-pods.ts';
import { watchResource } from './watch-resource.ts';

/** One of them, and how many replicas it was told to have. */
export interface Controller {
  readonly kind: ControllerKind;
  readonly name: string;
  /** Which of the lab's workloads its pods are. @default none */
  readonly workload: Workload | undefined;
  readonly replicas: number;
}

/** The Deployments and StatefulSets of a namespace, kept up to date. */
export interface WatchedControllers {
  start(): void;
  list(): readonly Controller[];
  /** @throws AppError when the API server has to be asked and does not answer */
  listFresh(): Promise<readonly Controller[]>;
  /** Waits for one that fulfils a condition. @returns whether there was one within the time */
  waitFor(condition: (controller: Controller) => boolean, timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

interface WatchControllersOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** @default all of the namespace */
  readonly labelSelector?: string;
  /** How long what a watch has missed may go unnoticed, in milliseconds. @default as of the watch */
  readonly relistMs?: number;
  readonly logger: Logger;
  /** Called when a number of replicas was changed, by whomever, with the number before. */
  readonly onScaled: (controller: Controller, before: number) => void;
}

/** Watches once it is started. */
export function watchControllers(options: WatchControllersOptions): WatchedControllers {
  const { client, namespace, labelSelector } = options;
  const watches = [
    watchKind('deployment', locateDeployments(client, namespace, labelSelector), options),
    watchKind('statefulset', locateStatefulSets(client, namespace, labelSelector), options),
  ];
  return {
    start() {
      for (const watch of watches) watch.start();
    },
    list: () => watches.flatMap((watch) => watch.list()),
    listFresh: async () => (await Promise.all(watches.map((watch) => watch.listFresh()))).flat(),
    async waitFor(condition, timeoutMs) {
      const found = watches.map(async (watch) => {
        if (!(await watch.waitFor(condition, timeoutMs))) throw new Error('not within the time');
      });
      return Promise.any(found).then(
        () => true,
        () => false,
      );
    },
    async stop() {
      await Promise.all(watches.map((watch) => watch.stop()));
    },
  };
}

function watchKind<T extends V1Deployment | V1StatefulSet>(
  kind: ControllerKind,
  location: Location<T>,
  { client, logger, relistMs, onScaled }: WatchControllersOptions,
): WatchedControllers {
  const describe = (object: T): Controller => ({
    kind,
    name: object.metadata?.name ?? '',
    workload: readWorkload(object),
    // As the API server takes it when nothing is said.
    replicas: object.spec?.replicas ?? 1,
  });
  const watched = watchResource<T>({
    client,
    logger,
    ...(relistMs !== undefined && { relistMs }),
    ...location,
    onChange(change) {
      if (change.kind !== 'changed') return;
      const [before, after] = [describe(change.before), describe(change.object)];
      if (before.replicas !== after.replicas) onScaled(after, before.replicas);
    },
  });
  return {
    start: () => watched.start(),
    list: () => watched.list().map(describe),
    listFresh: async () => (await watched.listFresh()).map(describe),
    waitFor: (condition, timeoutMs) =>
      watched.waitFor((objects) => objects.some((object) => condition(describe(object))), timeoutMs),
    stop: () => watched.stop(),
  };
}

/** The one whose pods are a workload's; where both kinds are there, one of them is on its way out. */
export function findController(controllers: readonly Controller[], workload: Workload): Controller | undefined {
  return controllers.find((controller) => controller.workload === workload);
}

/** What a service of the lab runs as; of one that is not known the API server says whether there is such a Deployment. */
export function findKind(controllers: readonly Controller[], workload: ScalableWorkload): ControllerKind {
  return findController(controllers, workload)?.kind ?? 'deployment';
}

/** What a change of the number of replicas is for those who watch the platform. */
export function describeScaling(
  workload: Workload,
  from: number,
  to: number,
): Extract<PlatformEvent, { kind: 'scaled' }> {
  return { at: Date.now(), kind: 'scaled', workload, from, to };
}
