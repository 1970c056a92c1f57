import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { APP_GROUP, APP_TOPIC, RECEIPTS_TOPIC } from '../lib/contracts/topics.ts';
import { CONSUMER_GROUP_KIND } from '../lib/contracts/consumer-group.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { checkObjectName, checkTopicName, refuse } from './constructs/rules.ts';

/** The names that the object consists of: its own, and those of the group, its topic and its Deployment. */
export interface ConsumerGroupChartProps extends LabChartProps {
  /**
   * The name of the object.
   *
   * @default the groupId
   */
  readonly name?: string;

  /**
   * The group as Kafka names it.
   *
   * @default APP_GROUP
   */
  readonly groupId?: string;

  /**
   * The topic whose partitions the group shares.
   *
   * @default APP_TOPIC
   */
  readonly topic?: string;

  /**
   * The Deployment or StatefulSet of the namespace whose pods are the members.
   *
   * @default consumer
   */
  readonly deployment?: string;

  /**
   * The topic in which the members account for what they processed.
   *
   * @default RECEIPTS_TOPIC
   */
  readonly receiptsTopic?: string;

  /**
   * Whether a scale-down is to take the members without a partition first.
   *
   * @default true
   */
  readonly idleFirstScaleDown?: boolean;
}

/** A consumer group for the operator to watch. It can be applied once the cluster knows the kind. */
export class ConsumerGroupChart extends LabChart {
  constructor(scope: Construct, id: string, props: ConsumerGroupChartProps = {}) {
    super(scope, id, 'consumer', props);
    const groupId = props.groupId ?? APP_GROUP;
    const name = props.name ?? groupId;
    const topic = props.topic ?? APP_TOPIC;
    const deployment = props.deployment ?? 'consumer';
    const receiptsTopic = props.receiptsTopic ?? RECEIPTS_TOPIC;
    refuse(this, [
      checkObjectName('name', name),
      checkObjectName('deployment', deployment),
      checkTopicName('topic', topic),
      checkTopicName('receiptsTopic', receiptsTopic),
      topic === receiptsTopic ? `topic and receiptsTopic are both ${topic}` : undefined,
    ]);
    new ApiObject(this, 'group', {
      apiVersion: `${CONSUMER_GROUP_KIND.group}/${CONSUMER_GROUP_KIND.version}`,
      kind: CONSUMER_GROUP_KIND.kind,
      metadata: { name },
      spec: {
        groupId,
        topic,
        deployment,
        receiptsTopic,
        idleFirstScaleDown: props.idleFirstScaleDown ?? true,
      },
    });
  }
}
