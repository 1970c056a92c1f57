import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { renderLog4jConfig } from '../lib/cluster-config/log4j-config.ts';
import { buildTopicSpecs, listTopicSettings, type TopicSpec } from '../lib/contracts/topics.ts';
import { CONFIG_DIR, ConfigFiles, computeChecksum, runScript } from './constructs/config-files.ts';
import { LIB_DIR, LOG4J_FILE } from './constructs/java-stateful-set.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { buildPodTemplate, TMP_DIR } from './constructs/pod-template.ts';
import { checkInSyncReplicas, checkReplication, refuse } from './constructs/rules.ts';
import { DEFAULT_BOOTSTRAP_SERVERS, IMAGES, KAFKA_DEFAULTS } from './defaults.ts';

/** What is created, on how many brokers, and the image whose tools do it. */
export interface TopicsChartProps extends LabChartProps {
  /**
   * The topics, in the order of their creation.
   *
   * @default buildTopicSpecs()
   */
  readonly topics?: readonly TopicSpec[];

  /**
   * Brokers to wait for, so that the copies spread over all of them.
   *
   * @default 3
   */
  readonly brokers?: number;

  /**
   * `host:port` of the brokers.
   *
   * @default kafka:29029
   */
  readonly bootstrapServers?: string;

  /**
   * An image with Kafka's jars and java on the path.
   *
   * @default IMAGES.kafka
   */
  readonly image?: string;
}

/** After this time the Job has failed: enough for brokers whose image is still on its way. */
const DEADLINE_SECONDS = 1800;

const TOPICS_FILE = 'topics';

/** A Job that creates the topics, and raises the partitions of those that have fewer. */
export class TopicsChart extends LabChart {
  constructor(scope: Construct, id: string, props: TopicsChartProps = {}) {
    super(scope, id, 'topics', props);
    const topics = props.topics ?? buildTopicSpecs();
    const brokers = props.brokers ?? KAFKA_DEFAULTS.brokers;
    const bootstrapServers = props.bootstrapServers ?? DEFAULT_BOOTSTRAP_SERVERS;
    refuse(
      this,
      topics.flatMap((topic) => {
        const rule = { ...topic, what: `topic ${topic.name}`, brokers };
        return [checkReplication(rule), checkInSyncReplicas(rule)];
      }),
    );

    const files = new ConfigFiles(this, 'config', {
      name: 'topics-config',
      files: { 'log4j.properties': renderLog4jConfig(), [TOPICS_FILE]: topics.map(renderTopic).join('') },
      scripts: ['create-topics.sh', 'metadata.sh'],
    });
    const template = buildPodTemplate({
      tier: 'topics',
      image: props.image ?? IMAGES.kafka,
      command: runScript('create-topics.sh', bootstrapServers, String(brokers), `${CONFIG_DIR}/${TOPICS_FILE}`),
      args: TOPIC_COMMAND,
      files,
      resources: { cpuRequestMillis: 50, memoryRequestMiB: 128, memoryLimitMiB: 256 },
      restartPolicy: 'OnFailure',
    });

    new k8s.KubeJob(this, 'job', {
      // A Job's template cannot be changed: other topics are another Job, or `kubectl apply` would fail.
      metadata: { name: `topics-${computeChecksum(template).slice(0, 8)}` },
      spec: { activeDeadlineSeconds: DEADLINE_SECONDS, backoffLimit: 10, template },
    });
  }
}

const TOPIC_COMMAND = [
  'java',
  '-Xmx64m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  `-Djava.io.tmpdir=${TMP_DIR}`,
  `-Dlog4j.configuration=file:${LOG4J_FILE}`,
  '-cp',
  `${LIB_DIR}/*`,
  'org.apache.kafka.tools.TopicCommand',
];

/** A line of the list that create-topics.sh reads. */
function renderTopic(topic: TopicSpec): string {
  const options = Object.entries(listTopicSettings(topic)).map(([key, value]) => `--config ${key}=${value}`);
  const replication = `--replication-factor ${String(topic.replicationFactor)}`;
  return `${[topic.name, topic.partitions, replication, ...options].join(' ')}\n`;
}
