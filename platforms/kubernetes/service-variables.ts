/** The environment of a service's containers, which have the name of the service, in the template of its pods. */
import { AppError } from '../../lib/errors/app-error.ts';
import type { ScalableWorkload, ServiceVariables } from '../../lib/contracts/replica.ts';
import { chooseApi } from './controller-api.ts';
import { findKind, type WatchedControllers } from './controllers.ts';
import { listReferences } from '../variable-references.ts';
import type { KubeClient } from './kube-client.ts';

interface ServiceVariablesOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly controllers: Pick<WatchedControllers, 'list'>;
}

/**
 * The variables of those names, as the next pod gets them.
 *
 * @throws AppError `no-such-target` when the service is not deployed
 * @throws AppError `conflict` when one is taken from somewhere else, such as a field of the pod: no value says what it is
 */
export async function readServiceVariables(
  { client, namespace, controllers }: ServiceVariablesOptions,
  service: ScalableWorkload,
  names: readonly string[],
): Promise<ServiceVariables> {
  const kind = findKind(controllers.list(), service);
  const { spec } = await client.call(`read ${kind}/${service}`, () =>
    chooseApi(client, kind).read({ name: service, namespace }),
  );
  const container = spec?.template.spec?.containers.find(({ name }) => name === service);
  return Object.fromEntries(
    names.map((name) => {
      const variable = container?.env?.find((candidate) => candidate.name === name);
      if (variable?.valueFrom) {
        throw new AppError('conflict', `${name} of ${kind}/${service} is taken from elsewhere and has no value to set`);
      }
      return [name, variable ? (variable.value ?? '') : null];
    }),
  );
}

/**
 * The part of a strategic merge patch of the pods' spec that sets them: lists of containers and variables merge by name.
 * A value may refer to variables that stand before it, as `$(POD_NAME)`, and what is new comes first unless the patch
 * names what it has to follow.
 */
export function buildVariablesPatch(service: ScalableWorkload, variables: ServiceVariables): object {
  const values = Object.values(variables).flatMap((value) => value ?? []);
  const referred = new Set(values.flatMap((value) => [...listReferences(value)]));
  const env = [
    ...[...referred].filter((name) => !(name in variables)).map((name) => ({ name })),
    ...Object.entries(variables).map(([name, value]) =>
      value === null ? { name, $patch: 'delete' } : { name, value },
    ),
  ];
  return { containers: [{ name: service, env }] };
}
