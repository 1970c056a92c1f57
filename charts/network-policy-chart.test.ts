import { describe, expect, it } from '@jest/globals';
import { NetworkPolicyChart } from './network-policy-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

function build() {
  return synthesize((app) => new NetworkPolicyChart(app, 'network-policies', { podCidr: '10.244.0.0/16' }));
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
        ...['kafka', 'topics', 'kafdrop', 'producer', 'consumer', 'shell'].map((tier) => ({
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
      ingress: [{ from: [select('shell')], ports: [tcp(8001)] }],
      egress: [{ to: [select('kafka')], ports: [tcp(29_029)] }],
    });
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
    const exceptNames = leaving.filter(({ to }) => !('namespaceSelector' in to));
    expect(betweenTiers.map((path) => JSON.stringify(path)).sort()).toEqual(
      exceptNames.map((path) => JSON.stringify(path)).sort(),
    );
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
