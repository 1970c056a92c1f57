import { statfsSync } from 'node:fs';
import { AppError } from '../../lib/errors/app-error.ts';
import { buildTopicSpecs } from '../../lib/contracts/topics.ts';

const GIBIBYTE = 2 ** 30;
const COPIES = 3;
const PARTITIONS = 6;
/** What stays free for everybody else. */
const RESERVE_BYTES = 5 * GIBIBYTE;
/** Brokers look for what is over the limit every five minutes, and delete whole segments of 64 MiB. */
const LONGEST_OVER_LIMIT_SECONDS = 300;
const SEGMENT_BYTES = 64 * 2 ** 20;

/** The most that a flow into a topic of six partitions and three copies has on disk at once, in bytes. */
export function estimateDiskBytes(bytesPerSecond: number, seconds: number): number {
  const [spec] = buildTopicSpecs({ partitions: PARTITIONS, replicationFactor: COPIES, minInSyncReplicas: 2 });
  const kept = PARTITIONS * ((spec?.retentionBytes ?? 0) + SEGMENT_BYTES);
  return COPIES * Math.min(bytesPerSecond * seconds, kept + bytesPerSecond * LONGEST_OVER_LIMIT_SECONDS);
}

/** @throws AppError `missing-requirement` when the disk has less, and a reserve, free */
export function requireDiskSpace(dir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  if (free >= bytes + RESERVE_BYTES) return;
  const describe = (size: number): string => `${(size / GIBIBYTE).toFixed(1)} GiB`;
  throw new AppError(
    'missing-requirement',
    `${dir} has ${describe(free)} of free disk; the flow takes up to ${describe(bytes)}, and ${describe(RESERVE_BYTES)} stay free: fewer --rounds, or another --data`,
  );
}
