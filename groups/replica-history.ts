/** What the platform's events of the last minutes say about replicas, one by one, and about the Deployment they are of. */
import type { PlatformEvent } from '../lib/contracts/platform-event.ts';
import type { Phase } from '../lib/contracts/replica.ts';

/** Something that bears on a replica's membership. `going` is told once, when it begins. */
export interface Sight {
  readonly at: number;
  readonly what: 'created' | 'killed' | 'paused' | 'resumed' | 'stopped' | 'started' | 'failed' | 'going';
  /** Why, as the platform says it. @default not told */
  readonly reason?: string | undefined;
}

/** A sight of a replica that is told beside others, so with its name. */
export interface NamedSight extends Sight {
  readonly name: string;
}

type Scaling = Extract<PlatformEvent, { kind: 'scaled' }>;
type ReplicaEvent = Exclude<PlatformEvent, Scaling | { kind: 'node' }>;

/** The events of a while, put in order: by replica, and by the scaling that they belong to. */
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
  const scalings = events.filter((event) => event.kind === 'scaled');
  const byName = groupByName(events);
  const sightsOf = (name: string): readonly Sight[] => markKills(readSights(byName.get(name) ?? []));
  const findScaling: ReplicaHistory['findScaling'] = (at, direction) =>
    scalings
      .filter(({ from, to }) => (direction === 'up' ? to > from : to < from))
      .filter((scaling) => Math.abs(at - scaling.at) < SCALING_SHOWS_WITHIN_MS)
      .toSorted((a, b) => Math.abs(at - a.at) - Math.abs(at - b.at))[0];
  const listUnscaled = (what: Sight['what'], direction: 'up' | 'down'): readonly NamedSight[] =>
    [...byName.keys()]
      .flatMap((name) => sightsOf(name).map((sight) => ({ ...sight, name })))
      .filter((sight) => sight.what === what && findScaling(sight.at, direction) === undefined)
      .toSorted((a, b) => a.at - b.at);
  // Most questions are answered without them.
  let newcomers: readonly NamedSight[] | undefined;
  let goers: readonly NamedSight[] | undefined;
  return {
    sightsOf,
    findScaling,
    get newcomers() {
      return (newcomers ??= listUnscaled('created', 'up'));
    },
    get goers() {
      return (goers ??= listUnscaled('going', 'down'));
    },
  };
}

function groupByName(events: readonly PlatformEvent[]): ReadonlyMap<string, readonly ReplicaEvent[]> {
  const byName = new Map<string, ReplicaEvent[]>();
  for (const event of events) {
    // What a node's drain does to replicas, they tell themselves.
    if (event.kind === 'scaled' || event.kind === 'node') continue;
    const name = event.kind === 'fault' ? event.fault.target : event.replica.name;
    const others = byName.get(name);
    if (others === undefined) byName.set(name, [event]);
    else others.push(event);
  }
  return byName;
}

function readSights(events: readonly ReplicaEvent[]): readonly Sight[] {
  const sights: Sight[] = [];
  for (const event of events) {
    const sight = readSight(event);
    if (sight !== undefined) addSight(sights, sight);
  }
  return sights;
}

/** Of the end of a replica the first sight counts, with the reason of any: how long it takes to end says nothing. */
function addSight(sights: Sight[], sight: Sight): void {
  const life = sights.findLastIndex(({ what }) => what === 'created');
  const first = sight.what === 'going' ? sights.findIndex(({ what }, index) => what === 'going' && index > life) : -1;
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

function readSight(event: ReplicaEvent): Sight | undefined {
  const { at } = event;
  switch (event.kind) {
    case 'fault':
      return { at, what: FAULTS[event.fault.kind] };
    case 'removed':
      return { at, what: 'going', reason: toReason(event.reason) };
    case 'phase': {
      const what = readPhaseChange(event.replica.phase, event.from);
      return what && { at, what, reason: what === 'going' ? toReason(event.reason) : event.reason };
    }
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
const NO_REASONS: ReadonlySet<string | undefined> = new Set(['deleted', 'scaled down', 'rolled', 'told to end']);

function toReason(reason: string | undefined): string | undefined {
  return NO_REASONS.has(reason) ? undefined : reason;
}
