/**
 * Sends a signal to a process that was started as the leader of a group, and to all that it has started in turn:
 * `go run`, `npm run` and their like do their work in a child.
 *
 * @param signal 0 for none: only to ask
 * @returns whether anybody was there
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // macOS says EPERM of a group of which only exit statuses are left.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
