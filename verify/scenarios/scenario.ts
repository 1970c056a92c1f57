import type { Limits } from '../checks/history.ts';
import type { FaultKind, ScalableWorkload, Workload } from '../../lib/contracts/replica.ts';
import type { Target } from './targets.ts';

/** A number of replicas: fixed, or drawn by the seed from `min` to `max`; `partitions` stands for those of the topic. */
export interface Amount {
  readonly min: AmountBound;
  readonly max: AmountBound;
}

export interface AmountBound {
  readonly plus: number;
  readonly isPartitions: boolean;
}

/** What is done, one after the other. Times are in milliseconds. */
export type Step =
  /** Numbered, keyed records from now on; 0 a second ends it. */
  | { readonly kind: 'load'; readonly ratePerSecond: number; readonly keys: number }
  | { readonly kind: 'scale'; readonly workload: ScalableWorkload; readonly replicas: Amount }
  | { readonly kind: FaultKind; readonly target: Target; readonly phrase: string }
  | { readonly kind: 'roll'; readonly workload: Workload }
  /** Empties the node of a replica and keeps new pods off it, until `uncordon`. */
  | { readonly kind: 'drain'; readonly target: Target; readonly phrase: string }
  | { readonly kind: 'uncordon' }
  /** The group forgets what it has committed; it must have no member. */
  | { readonly kind: 'delete-offsets' }
  | { readonly kind: 'wait-balanced'; readonly withinMs: number }
  | { readonly kind: 'hold'; readonly forMs: number }
  /** Records that are no messages, each on a partition that the seed decides. */
  | { readonly kind: 'poison'; readonly records: number }
  /** Parts in an order that the seed decides, until the time is over. */
  | { readonly kind: 'mix'; readonly forMs: number; readonly of: readonly MixPart[] };

export interface MixPart {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Scenario {
  /** As it was named, when it is not one of the lab's own. */
  readonly file?: string;
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly limits: Limits;
  readonly steps: readonly Step[];
}
