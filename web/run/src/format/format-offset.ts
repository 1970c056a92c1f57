const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * A time within a run, since its start: `1:23`, or `1:02:03` from an hour on.
 *
 * @param digits of the second that are told, 0 to 3
 */
export function formatOffset(offsetMs: number, digits = 0): string {
  const unitMs = 10 ** (3 - digits);
  // Rounded as a whole, so that no part of it becomes 60.
  const rounded = Math.round(Math.abs(offsetMs) / unitMs) * unitMs;
  const hours = Math.floor(rounded / HOUR_MS);
  const minutes = Math.floor((rounded % HOUR_MS) / MINUTE_MS);
  const seconds = ((rounded % MINUTE_MS) / 1000).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  const sign = offsetMs < 0 && rounded > 0 ? '−' : '';
  return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${sign}${minutes}:${seconds}`;
}
