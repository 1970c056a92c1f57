/** What the platform's events of the last minutes say about replicas, one by one, and about the Deployment they are of. */
import type { Phase, PlatformEvent } from '../platform/platform.ts';

/** Something that bears on a replica's membership. `going` is told once, when it begins. */
export interface Sight {
  readonly at: number;
  readonly what: 'created' | 'killed' | 'paused' | 'resumed' | 'stopped' | 'started' | 'failed' | 'going';
  readonly reason?: string | undefined;
}

export interface NamedSight extends Sight {
  readonly name: string;
}

type Scaling = Extract<PlatformEvent, { kind: 'scaled' }>;

export interface ReplicaHistory {
  /** Oldest first. */
  sightsOf(name: string): readonly Sight[];
  /** The scaling in that direction that a replica came or went with at that time. */
  findScaling(at: number, direction: 'up' | 'down'): Scaling | undefined;
  /** Replicas that were created, and those that went, with no scaling; oldest first. */
  readonly newcomers: readonly NamedSight[];
  readonly goers: readonly NamedSight[];
}

/** The end of a process that was killed is told before or after the kill. */
const KILL_SHOWS_WITHIN_MS = 15_000;
/** What a scaling does to pods it does at once; the API server and this process may tell of them in any order. */
const SCALING_SHOWS_WITHIN_MS = 5000;

/** @param events oldest first */
export function readReplicaHistory(events: readonly PlatformEvent[]): ReplicaHistory {
  const byName = new Map<string, Sight[]>();
  for (const event of events) {
    const found = readSight(event);
    if (found !== undefined) addSight(byName, found);
  }
  const scalings = events.filter((event) => event.kind === 'scaled');
  const findScaling: ReplicaHistory['findScaling'] = (at, direction) =>
    scalings
      .filter(({ from, to }) => (direction === 'up' ? to > from : to < from))
      .filter((scaling) => Math.abs(at - scaling.at) < SCALING_SHOWS_WITHIN_MS)
      .toSorted((a, b) => Math.abs(at - a.at) - Math.abs(at - b.at))[0];
  const listUnscaled = (what: Sight['what'], direction: 'up' | 'down'): readonly NamedSight[] =>
    [...byName]
      .flatMap(([name, sights]) => sights.filter((sight) => sight.what === what).map((sight) => ({ ...sight, name })))
      .filter(({ at }) => findScaling(at, direction) === undefined)
      .toSorted((a, b) => a.at - b.at);
  return {
    sightsOf: (name) => markKills(byName.get(name) ?? []),
    findScaling,
    newcomers: listUnscaled('created', 'up'),
    goers: listUnscaled('going', 'down'),
  };
}

/** Of the end of a replica the first sight counts, with the reason of any: how long it takes to end says nothing. */
function addSight(byName: Map<string, Sight[]>, { name, ...sight }: NamedSight): void {
  const sights = byName.get(name) ?? [];
  byName.set(name, sights);
  const first = sight.what === 'going' ? sights.findIndex(({ what }) => what === 'going') : -1;
  const known = sights[first];
  if (known === undefined) sights.push(sight);
  else sights[first] = { ...known, reason: known.reason ?? sight.reason };
}

function markKills(sights: readonly Sight[]): readonly Sight[] {
  const kills = sights.filter(({ what }) => what === 'killed');
  return sights.map((sight) => {
    const isKill = kills.some(({ at }) => Math.abs(at - sight.at) < KILL_SHOWS_WITHIN_MS);
    return sight.what === 'failed' && isKill ? { ...sight, what: 'killed' } : sight;
  });
}

function readSight(event: PlatformEvent): NamedSight | undefined {
  const { at } = event;
  switch (event.kind) {
    case 'fault': {
      const { target: name, kind } = event.fault;
      return { name, at, what: FAULTS[kind] };
    }
    case 'removed':
      return { name: event.replica.name, at, what: 'going', reason: toReason(event.reason) };
    case 'phase': {
      const what = readPhaseChange(event.replica.phase, event.from);
      const reason = what === 'going' ? toReason(event.reason) : event.reason;
      return what && { name: event.replica.name, at, what, reason };
    }
    case 'scaled':
      return undefined;
  }
}

const FAULTS = { kill: 'killed', pause: 'paused', resume: 'resumed', stop: 'stopped', start: 'started' } as const;

function readPhaseChange(phase: Phase, from: Phase | undefined): Sight['what'] | undefined {
  if (phase === 'terminating') return 'going';
  if (phase === 'failed' || phase === 'stopped') return phase;
  if (from === undefined) return 'created';
  if (phase === 'ready') return from === 'unready' ? 'resumed' : undefined;
  if (phase === 'unready' || from === 'starting' || from === 'failed') return undefined;
  // One that starts again was too quick for anybody to see its end.
  return from === 'stopped' ? 'started' : 'failed';
}

/** Words of a platform that say no more than that it was told to end. */
const NO_REASONS: ReadonlySet<string | undefined> = new Set(['deleted', 'scaled down', 'told to end']);

function toReason(reason: string | undefined): string | undefined {
  return NO_REASONS.has(reason) ? undefined : reason;
}
