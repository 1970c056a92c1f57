import path from 'node:path';
import { CONTROL_SOCKET } from '../platforms/local/control.ts';
import { serveControl } from '../platforms/local/control-server.ts';
import { startLocalPlatform } from '../platforms/local/local-platform.ts';
import { DEFAULT_TOPIC_SIZING } from '../lib/contracts/topics.ts';
import { CACHE_DIR, parseCommandLine, parseCount, parsePorts, type LabOptions } from './lab-settings.ts';
import type { RunLabOptions, RunningLab } from './running-lab.ts';

/** Starts a local lab in this process and opens its control socket. */
export async function runLocalLab(lab: LabOptions, options: RunLabOptions): Promise<RunningLab> {
  const { interrupted, ...platformOptions } = options;
  const dataDir = path.resolve(lab.data);
  const platform = await startLocalPlatform({
    ...platformOptions,
    dataDir,
    cacheDir: CACHE_DIR,
    ports: parsePorts(lab.ports),
    fresh: lab.fresh ?? false,
    ...(lab.partitions !== undefined && {
      topics: { ...DEFAULT_TOPIC_SIZING, partitions: parseCount('--partitions', lab.partitions, { min: 1, max: 200 }) },
    }),
    ...(lab.consumerCommand !== undefined && {
      consumerCommand: parseCommandLine('--consumer-command', lab.consumerCommand),
    }),
    environment: { producer: lab.producer ?? {}, consumer: lab.consumer ?? {} },
    signal: interrupted,
  });
  let closeControl: () => Promise<void> = () => Promise.resolve();
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopped ??= (async () => {
      await platform.stop();
      await closeControl();
    })());
  const asked = Promise.withResolvers<true>();
  interrupted.addEventListener('abort', () => asked.resolve(true), { once: true });
  if (interrupted.aborted) asked.resolve(true);
  try {
    closeControl = await serveControl(platform, path.join(platform.dataDir, CONTROL_SOCKET), async () => {
      asked.resolve(true);
      // The caller is answered when everything has ended.
      await platform.stop();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { platform, isOwn: true, dataDir, endAsked: asked.promise, stop };
}
