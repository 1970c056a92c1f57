import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { LAB_LABELS } from './constructs/labels.ts';
import { CONSUMER_GROUP_CRD } from './crds/consumer-group-crd.ts';

/** The kind ConsumerGroup, as the API server learns it. It is the whole cluster's, and in no namespace. */
export class ConsumerGroupCrdChart extends Chart {
  constructor(scope: Construct, id: string) {
    super(scope, id, { labels: { ...LAB_LABELS }, disableResourceNameHashes: true });
    // Not the generated class: below `items` it renders nothing, so that a schema would need two spellings.
    new ApiObject(this, 'definition', CONSUMER_GROUP_CRD);
  }
}
