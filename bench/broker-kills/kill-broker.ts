import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/errors/app-error.ts';
import type { PlatformWith } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { ClusterWatch, Roles } from './cluster-watch.ts';
import type { Window } from './silences.ts';

/** What was done to one broker, and until when it was watched. Times are milliseconds since the epoch. */
export interface Kill {
  /** From 1. */
  readonly number: number;
  readonly broker: string;
  readonly isCoordinator: boolean;
  readonly isController: boolean;
  /** Partitions of the topic that it led, in their order. */
  readonly led: readonly number[];
  /** From the kill to the end of the hold after everything was whole again. */
  readonly window: Window;
  /** From the kill to the moment at which it was ready and all copies in sync again; undefined when it gave up. */
  readonly wholeMs: number | undefined;
  /** In-sync copies that any partition was seen with at least; undefined when nothing was seen. */
  readonly smallestIsr: number | undefined;
  /** Why it was not whole again in time. */
  readonly failure?: string;
}

export interface KillOptions {
  readonly platform: PlatformWith<'faults'>;
  readonly cluster: ClusterWatch;
  readonly signal: AbortSignal;
}

/** How long the lab is watched after all copies are in sync again, in milliseconds. */
export const HOLD_MS = 3000;
const WHOLE_TIMEOUT_MS = 120_000;
/** Seldom enough not to disturb: on Kubernetes each look at the brokers runs a command in each of their pods. */
const LOOK_MS = 500;

/** Kills a broker, waits until it is back and all copies are in sync, and a moment longer. */
export async function killBroker(number: number, id: number, roles: Roles, options: KillOptions): Promise<Kill> {
  const { platform, signal } = options;
  const victim = await findBroker(platform, id);
  const from = Date.now();
  await platform.inject({ kind: 'kill', target: victim.name });
  const seen = await waitWhole(options, { id, restarts: victim.restarts });
  const wholeMs = seen.failure === undefined ? Date.now() - from : undefined;
  await delay(HOLD_MS, undefined, { signal });
  return {
    number,
    broker: victim.name,
    isCoordinator: roles.coordinator === id,
    isController: roles.controller === id,
    led: [...roles.leaders.keys()].filter((partition) => roles.leaders.get(partition) === id).toSorted((a, b) => a - b),
    window: { from, to: Date.now() },
    wholeMs,
    ...seen,
  };
}

/** A broker that was killed has started again, not only is its death not noticed yet, when it counts a restart more. */
async function waitWhole(
  { platform, cluster, signal }: KillOptions,
  victim: { readonly id: number; readonly restarts: number },
): Promise<Pick<Kill, 'smallestIsr' | 'failure'>> {
  let smallestIsr: number | undefined;
  try {
    await waitUntil(
      async () => {
        const { behind, partitions, smallestIsr: seen } = await cluster.readReplication();
        smallestIsr = Math.min(smallestIsr ?? seen, seen);
        if (behind > 0) throw new Error(`${String(behind)} of ${String(partitions)} partitions have a copy behind`);
        const { restarts, phase, name } = await findBroker(platform, victim.id);
        if (restarts === victim.restarts || phase !== 'ready') throw new Error(`${name} is ${phase}`);
        return true;
      },
      { what: 'the broker and all copies', timeoutMs: WHOLE_TIMEOUT_MS, intervalMs: LOOK_MS, signal },
    );
    return { smallestIsr };
  } catch (error) {
    signal.throwIfAborted();
    return { smallestIsr, failure: messageOf(error) };
  }
}

async function findBroker(platform: PlatformWith<'faults'>, id: number) {
  const broker = (await platform.listReplicas('kafka')).find(({ ordinal }) => ordinal === id);
  if (broker === undefined) throw new Error(`there is no replica of broker ${String(id)}`);
  return broker;
}
