import type { GroupDescription, GroupPartition } from '../lib/contracts/group.ts';
import { createPartitionTrack, type PartitionTrack } from './partition-track.ts';
import { createRateMeter } from './rate-meter.ts';

/** A lag that grows by less than this a second, or this share of what arrives, may be the time between commits. */
const FALLING_BEHIND_PER_SECOND = 5;
const FALLING_BEHIND_SHARE = 0.1;

/** What becomes of the partitions of a group's topic over time, one by one and together. */
export class TopicTrack {
  readonly #tracks = new Map<number, PartitionTrack>();
  readonly #lagGrowth = createRateMeter({ windowMs: 10_000, mayFall: true });

  /** Takes all partitions that the topic has; what was known of others is forgotten. */
  observe({ partitions, lag }: Pick<GroupDescription, 'partitions' | 'lag'>, at: number): void {
    for (const partition of partitions) this.#find(partition.partition).observe(partition, at);
    const existing = new Set(partitions.map(({ partition }) => partition));
    for (const partition of this.#tracks.keys()) if (!existing.has(partition)) this.#tracks.delete(partition);
    this.#lagGrowth.take(at, lag);
  }

  /** The partitions with what they do: rates in records a second, and where their lag goes. */
  describe(partitions: readonly GroupPartition[]) {
    return partitions.map((partition) => {
      const { producedPerSecond, consumedPerSecond, trend } = this.#find(partition.partition);
      return { ...partition, trend, producedPerSecond, consumedPerSecond };
    });
  }

  /** Partitions whose committed offset stands still while records arrive, and for how long. */
  findStuck(now: number): readonly { readonly partition: number; readonly forMs: number }[] {
    const all = [...this.#tracks].map(([partition, track]) => ({ partition, forMs: track.stuckForMs(now) }));
    return all.filter(({ forMs }) => forMs > 0);
  }

  /** Whether records have arrived in a partition without a silence of their own since then. */
  isBusySince(partition: number, since: number): boolean {
    return (this.#tracks.get(partition)?.busySince ?? Infinity) <= since;
  }

  /** Whether the lag of all partitions together grows, by more than commits in steps explain. */
  isFallingBehind(producedPerSecond: number): boolean {
    const noise = Math.max(FALLING_BEHIND_PER_SECOND, producedPerSecond * FALLING_BEHIND_SHARE);
    return this.#lagGrowth.perSecond() > noise;
  }

  #find(partition: number): PartitionTrack {
    let track = this.#tracks.get(partition);
    if (track === undefined) {
      track = createPartitionTrack();
      this.#tracks.set(partition, track);
    }
    return track;
  }
}
