import type { Suite } from './suite.ts';
import { BROKER_KILLS, BROKER_KILLS_ON_KUBERNETES } from './suites/broker-kills.ts';
import { GROUP_MODEL } from './suites/group-model.ts';
import { IDLE_FIRST } from './suites/idle-first.ts';
import { MEMORY } from './suites/memory.ts';
import { REBALANCES } from './suites/rebalances.ts';
import { SCALE_ON_KUBERNETES } from './suites/scale-on-kubernetes.ts';
import { THROUGHPUT } from './suites/throughput.ts';

/**
 * All benchmarks, in the order in which they run and stand on the page. The first opens a lab of its own, and the model
 * of a group needs none; the others share brokers that are opened after them.
 */
export const SUITES: readonly Suite[] = [
  BROKER_KILLS,
  BROKER_KILLS_ON_KUBERNETES,
  GROUP_MODEL,
  THROUGHPUT,
  REBALANCES,
  SCALE_ON_KUBERNETES,
  IDLE_FIRST,
  MEMORY,
];
