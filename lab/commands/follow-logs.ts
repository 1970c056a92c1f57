import { AppError } from '../../lib/errors/app-error.ts';
import type { Platform } from '../../lib/platform/platform.ts';
import type { CommandContext } from './demo.ts';

export interface LogsOptions {
  readonly follow: boolean;
  readonly tail: number;
}

/**
 * Prints the log of a replica, or of all replicas of a workload with their names in front; when followed,
 * newcomers are followed too.
 */
export async function followLogs(
  platform: Platform,
  target: string,
  { follow, tail }: LogsOptions,
  { print, interrupted }: CommandContext,
): Promise<number> {
  const replicas = await platform.listReplicas();
  const ofWorkload = replicas.filter(({ workload }) => workload === target).map(({ name }) => name);
  const isWorkload = ofWorkload.length > 0 || target === 'consumer' || target === 'producer';
  const readOne = async (name: string, lines: number): Promise<void> => {
    const prefix = isWorkload ? `[${name}] ` : '';
    for await (const line of platform.readLogs(name, { follow, tail: lines, signal: interrupted }))
      print(prefix + line);
  };
  const reading = new Map((isWorkload ? ofWorkload : [target]).map((name) => [name, readOne(name, tail)]));
  if (reading.size === 0) throw new AppError('no-such-target', `no ${target} runs now`);
  const unsubscribe = platform.subscribe((event) => {
    if (!isWorkload || !follow || event.kind !== 'phase' || event.replica.workload !== target) return;
    const { name, phase } = event.replica;
    if (phase === 'ready' && !reading.has(name)) reading.set(name, readOne(name, tail));
  });
  // Logs that are followed end with the lab, or by an interruption.
  for (let known = 0; known < reading.size;) {
    known = reading.size;
    await Promise.all(reading.values());
  }
  unsubscribe();
  return 0;
}
