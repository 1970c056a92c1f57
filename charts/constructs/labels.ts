import { LAB_LABEL } from '../../lib/contracts/addresses.ts';

/** The tiers of the lab: what their pods are named by, and what network policies tell apart. */
export type Tier = 'zookeeper' | 'kafka' | 'topics' | 'kafdrop' | 'producer' | 'consumer' | 'operator' | 'shell';

const NAME_LABEL = 'app.kubernetes.io/name';

/** The labels of everything that is the lab's. */
export const LAB_LABELS: Readonly<Record<string, string>> = {
  [LAB_LABEL.key]: LAB_LABEL.value,
  'app.kubernetes.io/managed-by': 'cdk8s',
};

/** What selects a tier's pods. Selectors of workloads are immutable: this must never change. */
export function buildSelector(tier: Tier): Record<string, string> {
  return { [NAME_LABEL]: tier };
}

/** The labels of a tier's objects and pods. */
export function buildLabels(tier: Tier): Record<string, string> {
  return { ...buildSelector(tier), ...LAB_LABELS };
}
