import { describe, expect, it } from '@jest/globals';
import { OperatorChart, type OperatorChartProps } from './operator-chart.ts';
import { findObject, synthesize } from './testing/synthesize.ts';

const ZOOKEEPER_SERVERS = ['zookeeper-0:2181', 'zookeeper-1:2181', 'zookeeper-2:2181'];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

function build(props: Partial<OperatorChartProps> = {}) {
  return synthesize((app) => new OperatorChart(app, 'operator', { zookeeperServers: ZOOKEEPER_SERVERS, ...props }));
}

/** The rights as `group/resource names: verbs`, one for each rule. */
function listRights(kind: string, name: string, props: Partial<OperatorChartProps> = {}): readonly string[] {
  const { rules = [] } = findObject(build(props), kind, name) as { readonly rules?: readonly Rule[] };
  return rules.map(({ apiGroups, resources, resourceNames = [], verbs }) =>
    [`${apiGroups.join()}/${resources.join()}`, ...resourceNames, `: ${verbs.join(' ')}`].join(' '),
  );
}

const READ_ONLY_RIGHTS = [
  '/pods : get list watch patch',
  'apps/deployments,statefulsets : get list watch',
  '/events : create patch',
  'groups.kafka-lab.dev/consumergroups : get list watch',
  'groups.kafka-lab.dev/consumergroups/status : get patch',
];

describe('OperatorChart', () => {
  it('may read its namespace, report, and annotate pods, and nothing else', () => {
    expect(listRights('Role', 'operator')).toEqual(READ_ONLY_RIGHTS);
  });

  it('may scale producers and consumers and delete pods only when controls are allowed', () => {
    expect(listRights('Role', 'operator', { allowControls: true })).toEqual([
      ...READ_ONLY_RIGHTS,
      'apps/deployments/scale,statefulsets/scale producer consumer : get patch',
      '/pods : delete',
    ]);
  });

  it('may read nodes in the whole cluster, and nothing else, under a name of its namespace', () => {
    for (const allowControls of [false, true]) {
      expect(listRights('ClusterRole', 'lab-operator', { namespace: 'lab', allowControls })).toEqual([
        '/nodes : get list watch',
      ]);
    }
    expect(findObject(build(), 'ClusterRole', 'kafka-lab-operator').metadata).not.toHaveProperty('namespace');
  });

  it.each([
    { kind: 'RoleBinding', name: 'operator', role: { kind: 'Role', name: 'operator' } },
    { kind: 'ClusterRoleBinding', name: 'lab-operator', role: { kind: 'ClusterRole', name: 'lab-operator' } },
  ])('gives the rights of the $role.kind to its own account', ({ kind, name, role }) => {
    expect(findObject(build({ namespace: 'lab' }), kind, name)).toMatchObject({
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: 'lab' }],
    });
  });

  it('has a token in its own pods only', () => {
    expect(findObject(build(), 'ServiceAccount', 'operator')).toMatchObject({ automountServiceAccountToken: false });
    expect(findObject(build(), 'Deployment', 'operator').spec).toMatchObject({
      template: { spec: { serviceAccountName: 'operator', automountServiceAccountToken: true } },
    });
  });

  it('never runs twice, and has no budget that would hold up a drain', () => {
    const { spec } = findObject(build(), 'Deployment', 'operator');
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(spec).not.toHaveProperty('strategy.rollingUpdate');
    expect(build().map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
  });

  it.each([{ allowControls: false }, { allowControls: true }])('is told where it is and what it may: %o', (props) => {
    const env = [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'ZOOKEEPER_SERVERS', value: 'zookeeper-0:2181,zookeeper-1:2181,zookeeper-2:2181' },
      { name: 'ALLOW_CONTROLS', value: String(props.allowControls) },
    ];
    expect(findObject(build(props), 'Deployment', 'operator').spec).toMatchObject({
      template: { spec: { containers: [{ env: expect.arrayContaining(env) as unknown }] } },
    });
  });

  it('matches its snapshot', () => {
    expect(build()).toMatchSnapshot();
  });
});
