import { Chart } from 'cdk8s';
import { Namespace } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { NAMESPACE } from '../lib/contracts/addresses.ts';
import { LAB_LABELS } from './constructs/labels.ts';
import type { LabChartProps } from './constructs/lab-chart.ts';
import { checkNamespace, refuse } from './constructs/rules.ts';

const RESTRICTED = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
} as const;

/** The lab's namespace. It admits only pods that keep to `restricted` Pod Security. */
export class NamespaceChart extends Chart {
  constructor(scope: Construct, id: string, props: LabChartProps = {}) {
    // A namespace is in no namespace: this chart must not pass one on.
    super(scope, id, { labels: { ...LAB_LABELS }, disableResourceNameHashes: true });
    const name = props.namespace ?? NAMESPACE;
    refuse(this, [checkNamespace(name)]);
    new Namespace(this, 'namespace', { metadata: { name, labels: { ...RESTRICTED } } });
  }
}
