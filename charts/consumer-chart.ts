import type { Construct } from 'constructs';
import { NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { HttpWorkload } from './constructs/http-workload.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { buildServiceEnvironment } from './constructs/service-environment.ts';
import { DEFAULT_BOOTSTRAP_SERVERS, IMAGES, SERVICE_DEFAULTS } from './defaults.ts';

/** Image, memory and log of the consumers, where their brokers are, and how long they take for a record. */
export interface ConsumerChartProps extends LabChartProps {
  /**
   * `host:port` of the brokers.
   *
   * @default kafka:29029
   */
  readonly bootstrapServers?: string;

  /**
   * The consumer's image, with a tag that never moves.
   *
   * @default IMAGES.consumer
   */
  readonly image?: string;

  /**
   * How log lines are written.
   *
   * @default text
   */
  readonly logFormat?: 'text' | 'json';

  /**
   * How long processing a record takes, in milliseconds: makes lag visible.
   *
   * @default 0
   */
  readonly processingDelayMs?: number;

  /**
   * Whether replicas are static members of their group (KIP-345): a StatefulSet, whose pods keep their names, and each
   * with the pod's name for its identity.
   *
   * @default false
   */
  readonly static?: boolean;

  /**
   * Memory at which the kernel kills a replica, in MiB.
   *
   * @default 256
   */
  readonly memoryLimitMiB?: number;

  /**
   * Zones to run in.
   *
   * @default none demanded; the replicas are spread as far as the cluster allows
   */
  readonly zones?: readonly string[];
}

/** The consumer service: Kafka in, HTTP out. A replica is ready once it has joined the group. */
export class ConsumerChart extends LabChart {
  constructor(scope: Construct, id: string, props: ConsumerChartProps = {}) {
    super(scope, id, 'consumer', props);
    new HttpWorkload(this, 'consumer', {
      tier: 'consumer',
      image: props.image ?? IMAGES.consumer,
      port: PORTS.consumer,
      environment: {
        ...buildServiceEnvironment({
          name: 'consumer',
          namespace: props.namespace ?? NAMESPACE,
          port: PORTS.consumer,
          bootstrapServers: props.bootstrapServers ?? DEFAULT_BOOTSTRAP_SERVERS,
          logFormat: props.logFormat ?? SERVICE_DEFAULTS.logFormat,
        }),
        PROCESSING_DELAY_MS: String(props.processingDelayMs ?? SERVICE_DEFAULTS.processingDelayMs),
        ...(props.static && { GROUP_INSTANCE_ID: '$(POD_NAME)' }),
      },
      health: { live: '/health/live', ready: '/health/ready' },
      resources: {
        cpuRequestMillis: 50,
        memoryRequestMiB: 96,
        memoryLimitMiB: props.memoryLimitMiB ?? SERVICE_DEFAULTS.memoryLimitMiB,
      },
      // Each replaced replica costs the group two rebalances, a join and a leave: let the first settle.
      minReadySeconds: 5,
      // Finishing, committing and leaving the group.
      terminationGracePeriodSeconds: 30,
      isFaultTarget: true,
      ...(props.static && { hasStableNames: true }),
      ...(props.zones && { zones: props.zones }),
    });
  }
}
