import type { LogMark, LogMarkKind } from './log-marks.ts';

/** When something of a pod was first seen, in milliseconds since the epoch. */
export interface PodSighting {
  readonly replica: string;
  readonly seenAt?: number;
  readonly scheduledAt?: number;
  readonly runningAt?: number;
  readonly readyAt?: number;
  readonly terminatingAt?: number;
  readonly removedAt?: number;
}

/** What was seen of one step up or down. */
export interface StepSeen {
  /** Just before the call of the API. */
  readonly calledAt: number;
  /** When the group's coordinator wrote the balanced assignment. */
  readonly assignedAt: number | undefined;
  /** When the group was seen balanced, and every replica ready. */
  readonly balancedAt: number;
  /** Replicas that there were before the step, and those that there are after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly sightings: readonly PodSighting[];
  readonly lines: readonly LogMark[];
}

/** Moments of one step; undefined is what was not seen. */
export type Marks<Name extends string> = Readonly<Record<Name, number | undefined>>;

/** A stretch between two moments. */
export interface Part<Name extends string> {
  readonly words: string;
  readonly from: Name;
  readonly to: Name;
}

export type UpMark =
  'called' | 'seen' | 'scheduled' | 'running' | 'serves' | 'joined' | 'processed' | 'ready' | 'assigned' | 'balanced';

export const UP_PARTS: readonly Part<UpMark>[] = [
  { words: 'API call → pod seen', from: 'called', to: 'seen' },
  { words: 'pod seen → seen scheduled', from: 'seen', to: 'scheduled' },
  { words: 'seen scheduled → process serves', from: 'scheduled', to: 'serves' },
  { words: 'process serves → joined', from: 'serves', to: 'joined' },
  { words: 'joined → first record processed', from: 'joined', to: 'processed' },
  { words: 'beside: seen scheduled → container seen running', from: 'scheduled', to: 'running' },
  { words: 'beside: process serves → pod seen ready', from: 'serves', to: 'ready' },
];

export type DownMark =
  'called' | 'terminating' | 'ends' | 'released' | 'reassigned' | 'removed' | 'assigned' | 'balanced';

export const DOWN_PARTS: readonly Part<DownMark>[] = [
  { words: 'API call → pod seen terminating', from: 'called', to: 'terminating' },
  { words: 'pod seen terminating → SIGTERM received', from: 'terminating', to: 'ends' },
  { words: 'SIGTERM received → accounted for, leaves', from: 'ends', to: 'released' },
  { words: 'leaves → the last of the others has its assignment', from: 'released', to: 'reassigned' },
  { words: 'beside: SIGTERM received → pod gone', from: 'ends', to: 'removed' },
];

/** The moments of a step that adds a replica. */
export function findUpMarks({ before, sightings, lines, ...step }: StepSeen): Marks<UpMark> {
  const newcomer = step.after.find((replica) => !before.includes(replica)) ?? '';
  const pod = sightings.find(({ replica }) => replica === newcomer);
  const joined = findFirst(lines, 'assigned', newcomer, step.calledAt);
  return {
    called: step.calledAt,
    seen: pod?.seenAt,
    scheduled: pod?.scheduledAt,
    running: pod?.runningAt,
    serves: findFirst(lines, 'serves', newcomer, step.calledAt),
    joined,
    processed: joined === undefined ? undefined : findFirst(lines, 'processed', newcomer, joined),
    ready: pod?.readyAt,
    assigned: step.assignedAt,
    balanced: step.balancedAt,
  };
}

/** The moments of a step that takes a replica away. */
export function findDownMarks({ after, sightings, lines, ...step }: StepSeen): Marks<DownMark> {
  const leaver = step.before.find((replica) => !after.includes(replica)) ?? '';
  const pod = sightings.find(({ replica }) => replica === leaver);
  const ends = findFirst(lines, 'ends', leaver, step.calledAt);
  const released = ends === undefined ? undefined : findFirst(lines, 'released', leaver, ends);
  const others = after.map((replica) => findFirst(lines, 'assigned', replica, step.calledAt));
  const reassigned = others.flatMap((at) => at ?? []);
  return {
    called: step.calledAt,
    terminating: pod?.terminatingAt,
    ends,
    released,
    reassigned: reassigned.length > 0 && reassigned.length === others.length ? Math.max(...reassigned) : undefined,
    removed: pod?.removedAt,
    assigned: step.assignedAt,
    balanced: step.balancedAt,
  };
}

/** How long a part took, in milliseconds; NaN when one of its ends was not seen. */
export function measurePart<Name extends string>(marks: Marks<Name>, from: Name, to: Name): number {
  return (marks[to] ?? NaN) - (marks[from] ?? NaN);
}

function findFirst(lines: readonly LogMark[], kind: LogMarkKind, replica: string, since: number): number | undefined {
  const times = lines.flatMap((line) =>
    line.kind === kind && line.replica === replica && line.at >= since ? line.at : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}
