import type { ScalableWorkload, ServiceVariables } from '../../lib/contracts/replica.ts';
import type { ScenarioPlatform } from '../../platforms/platform.ts';
import type { Journal } from '../history/journal.ts';
import type { LabObserver } from '../history/lab-observer.ts';
import type { LoadDial } from './load-dial.ts';
import type { PoisonSender } from './poison.ts';
import type { Random } from './random.ts';
import type { Step } from './steps/registry.ts';
import type { TargetFacts } from './targets.ts';

/** What a step may use, and what steps leave for those that follow. */
export interface Stage {
  readonly platform: ScenarioPlatform;
  readonly observer: LabObserver;
  readonly journal: Journal;
  readonly random: Random;
  /** Partitions of the topic. */
  readonly partitions: number;
  readonly load: LoadDial;
  readonly poison: PoisonSender;
  /** Makes the group, which has no member, forget what it has committed. */
  readonly deleteOffsets: () => Promise<void>;
  /** Ends the run before its next step. */
  readonly signal: AbortSignal;
  readonly facts: TargetFacts;
  /** Names of the replicas that were paused or stopped, and not brought back. */
  readonly impaired: { readonly paused: Set<string>; readonly stopped: Set<string> };
  /** Nodes that were drained, and not taken back. */
  readonly drained: Set<string>;
  /** What the variables of a service were before steps have rolled it with others. */
  readonly variables: Map<ScalableWorkload, ServiceVariables>;
  /** Member ids of the processes that a fault has ended. */
  readonly formerMembers: Set<string>;
  /** Tells once when the change began that the group has not been seen balanced after. */
  readonly takeChange: () => number | undefined;
  /** Does steps one after the other; the first that is not done ends the scenario. */
  readonly runSteps: (steps: readonly Step[]) => Promise<void>;
}
