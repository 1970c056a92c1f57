import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { buildSelector, LAB_LABELS, type Tier } from './constructs/labels.ts';
import type { LabChartProps } from './constructs/lab-chart.ts';
import { checkNamespace, checkPort, refuse } from './constructs/rules.ts';
import { DEFAULT_API_SERVER_PORT } from './defaults.ts';

/** What the rules must know of the cluster: which addresses are pods, and where the API server listens. */
export interface NetworkPolicyChartProps extends LabChartProps {
  /** The addresses of all pods, as `10.244.0.0/16`: what comes from elsewhere may use the host listener. */
  readonly podCidr: string;

  /**
   * The port on which the API server itself listens, not the one of its Service: policies see where a connection ends.
   *
   * @default 6443
   */
  readonly apiServerPort?: number;
}

/** Who may open a connection to whom, and on which ports. */
export interface AllowedPath {
  readonly from: Tier;
  readonly to: Tier;
  readonly ports: readonly number[];
}

/**
 * Every path between pods of the lab; whatever is not here is refused. The kubelet's probes and `port-forward`
 * come from a pod's own node, which no policy stops. `shell` is the client pod that a person starts. The operator calls
 * producers and consumers for the controls of its page. Who lets a Prometheus scrape the metrics adds a policy for it,
 * or forwards the port.
 */
export const ALLOWED_PATHS: readonly AllowedPath[] = [
  { from: 'zookeeper', to: 'zookeeper', ports: [PORTS.zookeeper, PORTS.zookeeperPeer, PORTS.zookeeperElection] },
  { from: 'kafka', to: 'zookeeper', ports: [PORTS.zookeeper] },
  { from: 'kafka', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'topics', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'kafdrop', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'producer', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'consumer', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'operator', to: 'zookeeper', ports: [PORTS.zookeeper] },
  { from: 'operator', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'operator', to: 'producer', ports: [PORTS.producer] },
  { from: 'operator', to: 'consumer', ports: [PORTS.consumer] },
  { from: 'shell', to: 'zookeeper', ports: [PORTS.zookeeper] },
  { from: 'shell', to: 'kafka', ports: [PORTS.kafka] },
  { from: 'shell', to: 'producer', ports: [PORTS.producer] },
  { from: 'shell', to: 'consumer', ports: [PORTS.consumer] },
  { from: 'shell', to: 'kafdrop', ports: [PORTS.kafdrop] },
  { from: 'shell', to: 'operator', ports: [PORTS.page] },
];

const TIERS: readonly Tier[] = ['zookeeper', 'kafka', 'topics', 'kafdrop', 'producer', 'consumer', 'operator', 'shell'];

/**
 * Closes the namespace, then opens the allowed paths, names for everyone, the host listener for the host, and the API
 * server for the operator.
 */
export class NetworkPolicyChart extends Chart {
  constructor(scope: Construct, id: string, props: NetworkPolicyChartProps) {
    const namespace = props.namespace ?? NAMESPACE;
    super(scope, id, { namespace, labels: { ...LAB_LABELS }, disableResourceNameHashes: true });
    const apiServerPort = props.apiServerPort ?? DEFAULT_API_SERVER_PORT;
    refuse(this, [checkNamespace(namespace), checkPort('apiServer', apiServerPort)]);

    this.addPolicy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    this.addPolicy('allow-dns', { podSelector: {}, policyTypes: ['Egress'], egress: [DNS] });
    for (const tier of TIERS) {
      const ingress = [
        ...ALLOWED_PATHS.filter(({ to }) => to === tier).map(({ from, ports }) => ({
          from: [{ podSelector: { matchLabels: buildSelector(from) } }],
          ports: ports.map(tcp),
        })),
        ...(tier === 'kafka' ? [admitHost(props.podCidr)] : []),
      ];
      const egress = [
        ...ALLOWED_PATHS.filter(({ from }) => from === tier).map(({ to, ports }) => ({
          to: [{ podSelector: { matchLabels: buildSelector(to) } }],
          ports: ports.map(tcp),
        })),
        ...(tier === 'operator' ? [allowApiServer(props.podCidr, apiServerPort)] : []),
      ];
      this.addPolicy(tier, {
        podSelector: { matchLabels: buildSelector(tier) },
        policyTypes: ['Ingress', 'Egress'],
        // An empty list would be the same, but the API server drops it: every apply would be a change.
        ...(ingress.length > 0 && { ingress }),
        egress,
      });
    }
  }

  private addPolicy(name: string, spec: k8s.NetworkPolicySpec): void {
    new k8s.KubeNetworkPolicy(this, name, { metadata: { name }, spec });
  }
}

const DNS: k8s.NetworkPolicyEgressRule = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [{ protocol: 'UDP', port: k8s.IntOrString.fromNumber(53) }, tcp(53)],
};

/**
 * Clients on the host arrive with the address of a node or of the host, never with a pod's. So does a pod that comes
 * by way of a node port: no policy can tell that one from the host.
 */
function admitHost(podCidr: string): k8s.NetworkPolicyIngressRule {
  return { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: [podCidr] } }], ports: [tcp(PORTS.kafkaHost)] };
}

/**
 * The API server is no pod of the pod network, and its address is the cluster's own affair: any address but a pod's.
 * Its Service has another port, but a policy sees a connection after the Service has led it on.
 */
function allowApiServer(podCidr: string, port: number): k8s.NetworkPolicyEgressRule {
  return { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [podCidr] } }], ports: [tcp(port)] };
}

function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: k8s.IntOrString.fromNumber(port) };
}
