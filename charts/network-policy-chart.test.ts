import { describe, expect, it } from '@jest/globals';
import { NetworkPolicyChart, type NetworkPolicyChartProps } from './network-policy-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build(props: Partial<NetworkPolicyChartProps> = {}) {
  return synthesize((app) => new NetworkPolicyChart(app, 'network-policies', { podCidr: '10.244.0.0/16', ...props }));
}

function select(tier: string) {
  return { podSelector: { matchLabels: { 'app.kubernetes.io/name': tier } } };
}

function tcp(port: number) {
  return { protocol: 'TCP', port };
}

describe('NetworkPolicyChart', () => {
  it('closes the namespace first', () => {
    expect(findObject(build(), 'NetworkPolicy', 'default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('admits to a broker its peers and clients, and to its host listener everything but pods', () => {
    expect(findObject(build(), 'NetworkPolicy', 'kafka').spec).toEqual({
      ...select('kafka'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        ...['kafka', 'topics', 'kafdrop', 'producer', 'consumer', 'operator', 'shell'].map((tier) => ({
          from: [select(tier)],
          ports: [tcp(29_029)],
        })),
        { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }], ports: [tcp(9092)] },
      ],
      egress: [
        { to: [select('zookeeper')], ports: [tcp(2181)] },
        { to: [select('kafka')], ports: [tcp(29_029)] },
      ],
    });
  });

  it('lets a consumer speak to the brokers and nobody else', () => {
    expect(findObject(build(), 'NetworkPolicy', 'consumer').spec).toMatchObject({
      ingress: [
        { from: [select('operator')], ports: [tcp(8001)] },
        { from: [select('shell')], ports: [tcp(8001)] },
      ],
      egress: [{ to: [select('kafka')], ports: [tcp(29_029)] }],
    });
  });

  it('lets the operator, and nobody else, speak to the API server, wherever outside the pod network it is', () => {
    const apiServer = { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/16'] } }], ports: [tcp(6443)] };
    expect(findObject(build(), 'NetworkPolicy', 'operator').spec).toEqual({
      ...select('operator'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [select('shell')], ports: [tcp(8080)] }],
      egress: [
        { to: [select('zookeeper')], ports: [tcp(2181)] },
        { to: [select('kafka')], ports: [tcp(29_029)] },
        { to: [select('producer')], ports: [tcp(8000)] },
        { to: [select('consumer')], ports: [tcp(8001)] },
        apiServer,
      ],
    });
    const open = build({ apiServerPort: 443 }).filter(({ spec }) => JSON.stringify(spec).includes('"port":443,'));
    expect(open.map(({ metadata }) => metadata.name)).toEqual(['operator']);
  });

  it('refuses a port that there is not', () => {
    expect(() => build({ apiServerPort: 0 })).toThrow(/^network-policies: port apiServer is 0; a port is 1 to 65535$/);
  });

  it('opens every path at both ends', () => {
    interface Rule {
      readonly from?: readonly object[];
      readonly to?: readonly object[];
      readonly ports: readonly object[];
    }
    interface Policy {
      readonly podSelector: object;
      readonly ingress?: readonly Rule[];
      readonly egress?: readonly Rule[];
    }
    const policies = build().map(({ spec }) => spec as Policy);
    const arriving = policies.flatMap(({ podSelector, ingress = [] }) =>
      ingress.flatMap(({ from = [], ports }) => from.map((peer) => ({ from: peer, to: { podSelector }, ports }))),
    );
    const leaving = policies.flatMap(({ podSelector, egress = [] }) =>
      egress.flatMap(({ to = [], ports }) => to.map((peer) => ({ from: { podSelector }, to: peer, ports }))),
    );
    const betweenTiers = arriving.filter(({ from }) => !('ipBlock' in from));
    const leavingToTiers = leaving.filter(({ to }) => !('namespaceSelector' in to) && !('ipBlock' in to));
    expect(betweenTiers.map((path) => JSON.stringify(path)).sort()).toEqual(
      leavingToTiers.map((path) => JSON.stringify(path)).sort(),
    );
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
