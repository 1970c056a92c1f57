import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { CONSUMER_GROUP_KIND } from '../lib/contracts/consumer-group.ts';
import { HttpWorkload } from './constructs/http-workload.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { buildServiceEnvironment } from './constructs/service-environment.ts';
import { SCALABLE_WORKLOADS } from '../lib/contracts/replica.ts';
import { DEFAULT_BOOTSTRAP_SERVERS, IMAGES, SERVICE_DEFAULTS } from './defaults.ts';

/** What the operator connects to, what it may use, and whether it may change anything or only looks. */
export interface OperatorChartProps extends LabChartProps {
  /** `host:port` of every ZooKeeper server, in the order of their ordinals. */
  readonly zookeeperServers: readonly string[];

  /**
   * `host:port` of the brokers.
   *
   * @default kafka:29029
   */
  readonly bootstrapServers?: string;

  /**
   * The operator's image, with a tag that never moves.
   *
   * @default IMAGES.operator
   */
  readonly image?: string;

  /**
   * How log lines are written.
   *
   * @default text
   */
  readonly logFormat?: 'text' | 'json';

  /**
   * Whether its page may scale producers and consumers and delete pods. Whoever reaches the page may then, too.
   *
   * @default false
   */
  readonly allowControls?: boolean;

  /**
   * Memory at which the kernel kills it, in MiB.
   *
   * @default 256
   */
  readonly memoryLimitMiB?: number;

  /**
   * Zones to run in.
   *
   * @default none demanded
   */
  readonly zones?: readonly string[];
}

/** The name of its ServiceAccount and of what gives that its rights in the namespace. */
const NAME = 'operator';

/**
 * The operator: it watches consumer groups, writes their status, and serves the live page. There is one at a time,
 * because two would write the same status and the same annotations.
 */
export class OperatorChart extends LabChart {
  constructor(scope: Construct, id: string, props: OperatorChartProps) {
    super(scope, id, 'operator', props);
    const namespace = props.namespace ?? NAMESPACE;
    const allowControls = props.allowControls ?? false;

    this.addServiceAccount(namespace, allowControls);
    new HttpWorkload(this, 'operator', {
      tier: 'operator',
      image: props.image ?? IMAGES.operator,
      port: PORTS.page,
      environment: {
        ...buildServiceEnvironment({
          name: 'operator',
          namespace,
          port: PORTS.page,
          bootstrapServers: props.bootstrapServers ?? DEFAULT_BOOTSTRAP_SERVERS,
          logFormat: props.logFormat ?? SERVICE_DEFAULTS.logFormat,
        }),
        NAMESPACE: { field: 'metadata.namespace' },
        ZOOKEEPER_SERVERS: props.zookeeperServers.join(','),
        ALLOW_CONTROLS: String(allowControls),
      },
      health: { live: '/health/live', ready: '/health/ready' },
      resources: {
        cpuRequestMillis: 50,
        memoryRequestMiB: 96,
        memoryLimitMiB: props.memoryLimitMiB ?? SERVICE_DEFAULTS.memoryLimitMiB,
      },
      terminationGracePeriodSeconds: 30,
      isSingleton: true,
      serviceAccountName: NAME,
      ...(props.zones && { zones: props.zones }),
    });
  }

  /** Who the operator is for the API server, and what it may do there: all of it is here. */
  private addServiceAccount(namespace: string, allowControls: boolean): void {
    const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace }];
    // The Deployment's pods ask for a token; another pod gets none by naming this account alone.
    new k8s.KubeServiceAccount(this, 'service-account', {
      metadata: { name: NAME },
      automountServiceAccountToken: false,
    });

    new k8s.KubeRole(this, 'role', {
      metadata: { name: NAME },
      rules: [...RULES, ...(allowControls ? CONTROL_RULES : [])],
    });
    new k8s.KubeRoleBinding(this, 'role-binding', {
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: NAME },
      subjects,
    });

    // One for each namespace: a second lab in the cluster must not take the first one's.
    const clusterName = `${namespace}-${NAME}`;
    const cluster = [
      new k8s.KubeClusterRole(this, 'cluster-role', { metadata: { name: clusterName }, rules: CLUSTER_RULES }),
      new k8s.KubeClusterRoleBinding(this, 'cluster-role-binding', {
        metadata: { name: clusterName },
        roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: clusterName },
        subjects,
      }),
    ];
    // The chart puts everything into its namespace, and these are in none.
    for (const object of cluster) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];

/** In its namespace it reads, reports, and says which pod a scale-down is to take. */
const RULES: readonly k8s.PolicyRule[] = [
  // The patch is for the annotation with a pod's deletion cost; roles cannot say it more narrowly.
  { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'patch'] },
  { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: READ },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: [CONSUMER_GROUP_KIND.group], resources: [CONSUMER_GROUP_KIND.plural], verbs: READ },
  {
    apiGroups: [CONSUMER_GROUP_KIND.group],
    resources: [`${CONSUMER_GROUP_KIND.plural}/status`],
    verbs: ['get', 'patch'],
  },
];

/** What the controls of its page need beyond that. */
const CONTROL_RULES: readonly k8s.PolicyRule[] = [
  {
    apiGroups: ['apps'],
    resources: ['deployments/scale', 'statefulsets/scale'],
    resourceNames: [...SCALABLE_WORKLOADS],
    verbs: ['get', 'patch'],
  },
  { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
];

/** Zones are told by the labels of nodes, which are in no namespace. */
const CLUSTER_RULES: k8s.PolicyRule[] = [{ apiGroups: [''], resources: ['nodes'], verbs: READ }];
