import type { Suite } from './suite.ts';
import { BROKER_KILLS, BROKER_KILLS_ON_KUBERNETES } from './suites/broker-kills.ts';
import { MEMORY } from './suites/memory.ts';
import { REBALANCES } from './suites/rebalances.ts';
import { SCALE_ON_KUBERNETES } from './suites/scale-on-kubernetes.ts';
import { THROUGHPUT } from './suites/throughput.ts';

/**
 * All benchmarks, in the order in which they run and stand on the page. The first opens a lab of its own; the others share
 * brokers that are opened after it.
 */
export const SUITES: readonly Suite[] = [
  BROKER_KILLS,
  BROKER_KILLS_ON_KUBERNETES,
  THROUGHPUT,
  REBALANCES,
  SCALE_ON_KUBERNETES,
  MEMORY,
];
