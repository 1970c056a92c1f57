import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { buildSelector, type Tier } from './labels.ts';

interface ServiceProps {
  readonly name: string;
  /** The tier whose pods it leads to. */
  readonly tier: Tier;
  /** Ports of the Service by name; the pods' ports have the same names. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whether names lead to each pod instead of one address to any. @default false */
  readonly isHeadless?: boolean;
  /** Whether pods are found before they are ready. @default false */
  readonly isPublishingNotReady?: boolean;
  /** One pod instead of all of the tier. @default all */
  readonly podName?: string;
  /** Opens the only port on every node as well. @default no node port */
  readonly nodePort?: number;
}

/** A Service for a tier or one of its pods. */
export function buildService(scope: Construct, id: string, props: ServiceProps): k8s.KubeService {
  return new k8s.KubeService(scope, id, {
    metadata: { name: props.name },
    spec: {
      type: props.nodePort === undefined ? 'ClusterIP' : 'NodePort',
      ...(props.isHeadless && { clusterIp: 'None' }),
      ...(props.isPublishingNotReady && { publishNotReadyAddresses: true }),
      selector: {
        ...buildSelector(props.tier),
        ...(props.podName !== undefined && { 'statefulset.kubernetes.io/pod-name': props.podName }),
      },
      ports: Object.entries(props.ports).map(([name, port]) => ({
        name,
        port,
        targetPort: k8s.IntOrString.fromString(name),
        ...(props.nodePort !== undefined && { nodePort: props.nodePort }),
      })),
    },
  });
}
