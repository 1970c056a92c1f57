import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useTicks } from './use-ticks.ts';

/** Tells the server's time now, in milliseconds since the epoch. */
export type ServerClock = () => number;

export const ServerClockContext = createContext<ServerClock>(() => 0);

/** The server's time, read again every second. */
export function useServerTime(): number {
  useTicks();
  return useContext(ServerClockContext)();
}
