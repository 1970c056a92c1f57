import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { buildSelector, type Tier } from './labels.ts';
import { buildPodTemplate, type EnvironmentValue, type PodResources } from './pod-template.ts';
import { probePage } from './probes.ts';
import { checkZones, refuse } from './rules.ts';
import { buildService } from './service.ts';

interface HttpWorkloadProps {
  readonly tier: Tier;
  readonly image: string;
  /** The port of the pods and of the Service. */
  readonly port: number;
  readonly environment: Readonly<Record<string, EnvironmentValue>>;
  readonly resources: PodResources;
  /** Pages for the probes; the first one also tells that the start is over. */
  readonly health: { readonly live: string; readonly ready: string };
  /** How long one replica must be ready before a rollout goes on to the next, in seconds. @default 0 */
  readonly minReadySeconds?: number;
  readonly terminationGracePeriodSeconds: number;
  /** Whether faults are injected into its pods, by exec. @default false */
  readonly isFaultTarget?: boolean;
  /** @default none demanded */
  readonly zones?: readonly string[];
  /** Whether two of it must never run at once: one replica, ended before the next one starts. @default false */
  readonly isSingleton?: boolean;
  /** Whether a replica is replaced by one of the same name, which needs a StatefulSet. @default false */
  readonly hasStableNames?: boolean;
  /** The ServiceAccount as which it speaks to the API server. @default none: its pods get no token */
  readonly serviceAccountName?: string;
}

/**
 * A program that answers HTTP as a Deployment, or as a StatefulSet, with a Service and a disruption budget.
 * It says no number of replicas: that is the user's (`kubectl scale`), and no deploy may undo it. It starts with 1.
 * Only a singleton says its number, so that a deploy does undo a second one.
 */
export class HttpWorkload extends Construct {
  constructor(scope: Construct, id: string, props: HttpWorkloadProps) {
    super(scope, id);
    const { tier, zones } = props;
    refuse(scope, [checkZones(zones ?? [])]);
    const selector = { matchLabels: buildSelector(tier) };

    const shared = {
      ...(props.isSingleton && { replicas: 1 }),
      selector,
      ...(props.minReadySeconds !== undefined && { minReadySeconds: props.minReadySeconds }),
      revisionHistoryLimit: 3,
      template: buildHttpTemplate(props),
    };
    if (props.hasStableNames) this.#addStatefulSet(props, shared);
    else {
      const strategy = props.isSingleton ? { type: 'Recreate' } : WITHOUT_A_GAP;
      new k8s.KubeDeployment(this, 'deployment', { metadata: { name: tier }, spec: { ...shared, strategy } });
    }

    buildService(this, 'service', { name: tier, tier, ports: { http: props.port } });

    // Of a single replica a budget either lets it go, which needs no budget, or lets no node be drained.
    if (props.isSingleton) return;
    new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name: tier },
      // A replica that is not ready serves nobody: it must not hold up a drain.
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), unhealthyPodEvictionPolicy: 'AlwaysAllow', selector },
    });
  }

  /** No replica waits for the one before it: they have nothing to agree on. */
  #addStatefulSet({ tier, port }: HttpWorkloadProps, shared: Omit<k8s.StatefulSetSpec, 'serviceName'>): void {
    const serviceName = `${tier}-headless`;
    buildService(this, 'headless', { name: serviceName, tier, ports: { http: port }, isHeadless: true });
    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name: tier },
      spec: { ...shared, serviceName, podManagementPolicy: 'Parallel', updateStrategy: { type: 'RollingUpdate' } },
    });
  }
}

function buildHttpTemplate(props: HttpWorkloadProps): k8s.PodTemplateSpec {
  const { health, zones } = props;
  return buildPodTemplate({
    tier: props.tier,
    image: props.image,
    environment: props.environment,
    ports: { http: props.port },
    probes: {
      startup: probePage(health.live, 'http', { periodSeconds: 1, failureThreshold: 120 }),
      readiness: probePage(health.ready, 'http', { periodSeconds: 2, failureThreshold: 2 }),
      liveness: probePage(health.live, 'http', { periodSeconds: 10, failureThreshold: 6 }),
    },
    resources: props.resources,
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
    ...(props.isFaultTarget && { isFaultTarget: true }),
    ...(zones && { zones }),
    ...(props.serviceAccountName !== undefined && { serviceAccountName: props.serviceAccountName }),
  });
}

/** A new replica first, so that a single one is replaced without a gap. */
const WITHOUT_A_GAP: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: {
    maxUnavailable: k8s.IntOrString.fromNumber(0),
    maxSurge: k8s.IntOrString.fromNumber(1),
  },
};
