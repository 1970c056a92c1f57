/** What decides whether the lab may be brought from one size to another: as it is, or as the manifests want it. */
export interface LabSize {
  readonly servers: number;
  readonly brokers: number;
  /** Zones that pods with volumes must be in; none: any. */
  readonly zones: readonly string[];
  /** The topics as the Job reads them: a name, its partitions and the options of its making, in a line. */
  readonly topics: string;
}

/** The lab that runs. */
export interface LiveLab extends LabSize {
  /** Whether the list of ZooKeeper's servers can change: it could not in earlier versions. */
  readonly isEnsembleChangeable: boolean;
  /** The brokers that hold a copy, by partition, as `app-0`; undefined when no broker tells. */
  readonly copies: ReadonlyMap<string, readonly number[]> | undefined;
  /** Where pods with volumes are. */
  readonly places: readonly { readonly pod: string; readonly zone: string }[];
}

const NAMED_PARTITIONS = 3;
const GUIDE = 'docs/kubernetes.md#change-the-number-of-brokers';

/** Why the lab must not be brought to another size yet, and what to do first; nothing when it may. */
export function findSizeConflicts(live: LiveLab, wanted: LabSize): readonly string[] {
  return [
    ...checkServers(live, wanted),
    ...checkBrokers(live, wanted),
    ...live.places
      .filter(({ zone }) => wanted.zones.length > 0 && !wanted.zones.includes(zone))
      .map(
        ({ pod, zone }) =>
          `${pod} has its volume in ${zone}, and only ${wanted.zones.join(', ')} are wanted: it could run nowhere. ` +
          `Keep ${zone} among the zones`,
      ),
  ];
}

/** The ids of the ZooKeeper servers that leave; an id is the ordinal plus one. */
export function listLeavingServers(live: LabSize, wanted: LabSize): readonly number[] {
  return listFrom(wanted.servers + 1, live.servers);
}

/** What a deployment of another size leaves as it was, and how to change that, too. */
export function describeKept(live: LabSize, wanted: LabSize): readonly string[] {
  const added = listFrom(live.brokers, wanted.brokers - 1).map((id) => `kafka-${String(id)}`);
  const kept = listChangedTopics(live.topics, wanted.topics);
  return [
    ...(added.length > 0
      ? [
          `${added.join(', ')} ${added.length > 1 ? 'hold' : 'holds'} no copies yet: Kafka moves none by itself (${GUIDE})`,
        ]
      : []),
    ...(kept.length > 0
      ? [
          `${kept.join(', ')}: a topic that is there keeps its copies and its own settings; the commands are in ${GUIDE}`,
        ]
      : []),
  ];
}

function checkServers(live: LiveLab, wanted: LabSize): readonly string[] {
  if (live.servers === wanted.servers || live.isEnsembleChangeable) return [];
  return [
    `zookeeper.servers cannot go from ${String(live.servers)} to ${String(wanted.servers)} in the same step as to this version, ` +
      `in which the list of servers can change: deploy with ${String(live.servers)} first`,
  ];
}

function checkBrokers(live: LiveLab, wanted: LabSize): readonly string[] {
  const leaving = listFrom(wanted.brokers, live.brokers - 1);
  if (leaving.length === 0) return [];
  const names = leaving.map((id) => `kafka-${String(id)}`).join(', ');
  if (live.copies === undefined) return [`${names} would go, and kafka-0 does not tell which copies they hold`];
  const held = [...live.copies].filter(([, brokers]) => brokers.some((id) => leaving.includes(id)));
  if (held.length === 0) return [];
  const some = held.slice(0, NAMED_PARTITIONS).map(([partition]) => partition);
  return [
    `${names} would go with copies of ${String(held.length)} partitions ` +
      `(${some.join(', ')}${held.length > some.length ? ', …' : ''}): move them to the brokers that stay first, as in ${GUIDE}`,
  ];
}

/** Topics that were there and are now wanted with other copies or settings: the Job raises partitions and no more. */
function listChangedTopics(live: string, wanted: string): readonly string[] {
  const before = new Map(readTopics(live));
  return readTopics(wanted)
    .filter(([name, options]) => before.has(name) && before.get(name) !== options)
    .map(([name]) => name);
}

function readTopics(lines: string): readonly (readonly [string, string])[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [name = '', , ...options] = line.split(' ');
      return [name, options.join(' ')] as const;
    });
}

function listFrom(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
