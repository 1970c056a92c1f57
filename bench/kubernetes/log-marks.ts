/** What a line of a consumer's log says of its life in the group. */
export type LogMarkKind = 'serves' | 'assigned' | 'processed' | 'ends' | 'released';

export interface LogMark {
  readonly kind: LogMarkKind;
  readonly replica: string;
  /** By the replica's clock, in milliseconds since the epoch. */
  readonly at: number;
}

/** As `services/consumer` words them; text lines go on with `key=value`. */
const PATTERNS: readonly (readonly [LogMarkKind, RegExp])[] = [
  ['processed', /^processed\b/],
  ['assigned', /^\S+ (owns \d+ partitions?|is idle:)/],
  ['released', /^\S+ gives its partitions up\b/],
  ['serves', /^\S+ serves\b/],
  ['ends', /^\S+ ends:/],
];

const TEXT_LINE = /^\[(\d\d):(\d\d):(\d\d)\.(\d\d\d)\]: (.*)$/;

/** Times of day of any two time zones differ by a multiple of this. */
const ZONE_STEP_MS = 15 * 60_000;

/**
 * Reads a line of a consumer's log, JSON or text. Nothing for lines that tell something else.
 *
 * @param near a time within seven minutes of the line's, because text lines have no date and no time zone
 */
export function parseLogMark(line: string, replica: string, near: number): LogMark | undefined {
  const told = line.startsWith('{') ? parseJson(line) : parseText(line, near);
  if (told === undefined) return undefined;
  const kind = PATTERNS.find(([, pattern]) => pattern.test(told.message))?.[0];
  return kind === undefined ? undefined : { kind, replica, at: told.at };
}

interface Told {
  readonly at: number;
  readonly message: string;
}

function parseJson(line: string): Told | undefined {
  try {
    const { time, msg } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof time === 'number' && typeof msg === 'string' ? { at: time, message: msg } : undefined;
  } catch {
    return undefined;
  }
}

function parseText(line: string, near: number): Told | undefined {
  const [, hours, minutes, seconds, milliseconds, message] = TEXT_LINE.exec(line) ?? [];
  if (message === undefined) return undefined;
  const timeOfDay = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds);
  const ahead = (((timeOfDay - near) % ZONE_STEP_MS) + ZONE_STEP_MS) % ZONE_STEP_MS;
  return { at: near + (ahead > ZONE_STEP_MS / 2 ? ahead - ZONE_STEP_MS : ahead), message };
}
