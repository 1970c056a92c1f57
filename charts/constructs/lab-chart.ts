import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { NAMESPACE } from '../../lib/contracts/addresses.ts';
import { buildLabels, type Tier } from './labels.ts';
import { checkNamespace, refuse } from './rules.ts';

/** What all charts of the lab have in common. */
export interface LabChartProps {
  /**
   * Where the objects live.
   *
   * @default NAMESPACE
   */
  readonly namespace?: string;
}

/** A chart of one tier: its objects get the tier's labels, the namespace, and stable names without hashes. */
export abstract class LabChart extends Chart {
  constructor(scope: Construct, id: string, tier: Tier, props: LabChartProps) {
    const namespace = props.namespace ?? NAMESPACE;
    super(scope, id, { namespace, labels: buildLabels(tier), disableResourceNameHashes: true });
    refuse(this, [checkNamespace(namespace)]);
  }
}
