const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How long something took: milliseconds below one second, then seconds with one digit, then minutes, then hours. */
export function formatDuration(durationMs: number): string {
  if (durationMs < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < MINUTE_MS) return `${(durationMs / SECOND_MS).toFixed(1)} s`;
  const minutes = Math.floor(durationMs / MINUTE_MS);
  if (durationMs >= HOUR_MS) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${minutes} min ${Math.floor((durationMs % MINUTE_MS) / SECOND_MS)} s`;
}

/** How long ago something was. Clocks are for display: what seems to be in the future is now. */
export function formatAge(ageMs: number): string {
  if (ageMs < 2 * SECOND_MS) return 'just now';
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / SECOND_MS)} s ago`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  return `${Math.floor(ageMs / HOUR_MS)} h ago`;
}

/** Time left, in whole seconds that never show 0 before the end. */
export function formatCountdown(leftMs: number): string {
  return leftMs <= 0 ? 'any moment now' : `in ${Math.ceil(leftMs / SECOND_MS)} s`;
}

const TIME_OF_DAY = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** hh:mm:ss in the reader's time zone. */
export function formatTimeOfDay(at: number): string {
  return TIME_OF_DAY.format(at);
}
