import { formatAge, formatCountdown, formatTimeOfDay } from '../format/format-duration.ts';
import { useServerTime } from '../stream/server-clock.ts';

/** How long ago something was, by the server's clock, with the exact time behind it. */
export function Age({ at }: { at: number }) {
  const now = useServerTime();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatTimeOfDay(at)}>
      {formatAge(now - at)}
    </time>
  );
}

/** How long until something happens, by the server's clock. */
export function Countdown({ to }: { to: number }) {
  const now = useServerTime();
  return <time dateTime={new Date(to).toISOString()}>{formatCountdown(to - now)}</time>;
}
