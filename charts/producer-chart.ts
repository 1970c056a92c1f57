import type { Construct } from 'constructs';
import { NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { HttpWorkload } from './constructs/http-workload.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { buildServiceEnvironment } from './constructs/service-environment.ts';
import { DEFAULT_BOOTSTRAP_SERVERS, IMAGES, SERVICE_DEFAULTS } from './defaults.ts';

/** Image, memory and log of the producers, and where their brokers are. */
export interface ProducerChartProps extends LabChartProps {
  /**
   * `host:port` of the brokers.
   *
   * @default kafka:29029
   */
  readonly bootstrapServers?: string;

  /**
   * The producer's image, with a tag that never moves.
   *
   * @default IMAGES.producer
   */
  readonly image?: string;

  /**
   * How log lines are written.
   *
   * @default text
   */
  readonly logFormat?: 'text' | 'json';

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

/** The producer service: HTTP in, Kafka out. It is ready without Kafka, and says 503 itself. */
export class ProducerChart extends LabChart {
  constructor(scope: Construct, id: string, props: ProducerChartProps = {}) {
    super(scope, id, 'producer', props);
    new HttpWorkload(this, 'producer', {
      tier: 'producer',
      image: props.image ?? IMAGES.producer,
      port: PORTS.producer,
      environment: buildServiceEnvironment({
        name: 'producer',
        namespace: props.namespace ?? NAMESPACE,
        port: PORTS.producer,
        bootstrapServers: props.bootstrapServers ?? DEFAULT_BOOTSTRAP_SERVERS,
        logFormat: props.logFormat ?? SERVICE_DEFAULTS.logFormat,
      }),
      health: { live: '/health/live', ready: '/health/ready' },
      resources: {
        cpuRequestMillis: 50,
        memoryRequestMiB: 96,
        memoryLimitMiB: props.memoryLimitMiB ?? SERVICE_DEFAULTS.memoryLimitMiB,
      },
      // The service serves on for about 2 s after SIGTERM by itself, so there is no preStop pause.
      terminationGracePeriodSeconds: 30,
      isFaultTarget: true,
      ...(props.zones && { zones: props.zones }),
    });
  }
}
