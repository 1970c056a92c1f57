import type { Fault, Phase, Replica, Workload } from './replica.ts';

/** Something that the platform saw or did. Times are milliseconds since the epoch. */
export type PlatformEvent =
  | {
      readonly at: number;
      readonly kind: 'scaled';
      readonly workload: Workload;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly at: number;
      readonly kind: 'phase';
      readonly replica: Replica;
      readonly from: Phase | undefined;
      readonly reason?: string;
    }
  | { readonly at: number; readonly kind: 'removed'; readonly replica: Replica; readonly reason: string }
  | { readonly at: number; readonly kind: 'fault'; readonly fault: Fault }
  | {
      readonly at: number;
      readonly kind: 'node';
      readonly node: string;
      /** `cordoned` takes no further pods; `drained` has none of the lab left that could be moved. */
      readonly action: 'cordoned' | 'drained' | 'uncordoned';
    };
