import type { Construct } from 'constructs';
import { renderProperties } from '../lib/cluster-config/properties.ts';
import { PORTS } from '../lib/contracts/addresses.ts';
import { HttpWorkload } from './constructs/http-workload.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { TMP_DIR } from './constructs/pod-template.ts';
import { DEFAULT_BOOTSTRAP_SERVERS, IMAGES } from './defaults.ts';

/** Whose topics and records it shows, and from which image it runs. */
export interface KafdropChartProps extends LabChartProps {
  /**
   * `host:port` of the brokers. The name must resolve before the brokers are there: a Service's does.
   *
   * @default kafka:29029
   */
  readonly bootstrapServers?: string;

  /**
   * Kafdrop's image.
   *
   * @default IMAGES.kafdrop
   */
  readonly image?: string;
}

/** Holds 192 MiB with these bounds; with only the heap bounded it would take more than the limit. */
const JVM_OPTIONS = [
  '-Xms32m',
  '-Xmx64m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:MaxMetaspaceSize=112m',
  '-XX:ReservedCodeCacheSize=32m',
];

/** Bounds how long a question for something that does not exist blocks all pages: 60 s otherwise. */
const KAFKA_PROPERTIES = renderProperties({ 'default.api.timeout.ms': 8000, 'request.timeout.ms': 5000 });

/** Kafdrop, for looking at brokers, topics and records. Everything by which it could change something is closed. */
export class KafdropChart extends LabChart {
  constructor(scope: Construct, id: string, props: KafdropChartProps = {}) {
    super(scope, id, 'kafdrop', props);
    new HttpWorkload(this, 'kafdrop', {
      tier: 'kafdrop',
      image: props.image ?? IMAGES.kafdrop,
      port: PORTS.kafdrop,
      environment: {
        KAFKA_BROKERCONNECT: props.bootstrapServers ?? DEFAULT_BOOTSTRAP_SERVERS,
        KAFKA_PROPERTIES: Buffer.from(KAFKA_PROPERTIES).toString('base64'),
        KAFKA_PROPERTIES_FILE: `${TMP_DIR}/kafka.properties`,
        SERVER_PORT: String(PORTS.kafdrop),
        JVM_OPTS: JVM_OPTIONS.join(' '),
        MALLOC_ARENA_MAX: '2',
        LANG: 'C.UTF-8',
        MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: 'health',
        MANAGEMENT_ENDPOINTS_WEB_DISCOVERY_ENABLED: 'false',
        CORS_ENABLED: 'false',
        // Spelt like this: with another underscore Kafdrop ignores it.
        TOPIC_DELETEENABLED: 'false',
        TOPIC_CREATEENABLED: 'false',
      },
      health: { live: '/actuator/health/liveness', ready: '/actuator/health/readiness' },
      resources: { cpuRequestMillis: 50, memoryRequestMiB: 192, memoryLimitMiB: 256 },
      // It keeps nothing, and its wrapper script does not pass the signal on.
      terminationGracePeriodSeconds: 5,
    });
  }
}
