import type { EnvironmentValue } from './pod-template.ts';

interface ServiceEnvironmentProps {
  /** Name of the Service. */
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly bootstrapServers: string;
  readonly logFormat: 'text' | 'json';
}

/** The environment that the producer and the consumer have in common (lib/config/service-variables.ts declares it). */
export function buildServiceEnvironment(props: ServiceEnvironmentProps): Record<string, EnvironmentValue> {
  return {
    HOST: '0.0.0.0',
    PORT: String(props.port),
    ALLOWED_HOSTS: nameHosts(props.name, props.namespace).join(','),
    KAFKA_BROKERS: props.bootstrapServers,
    POD_NAME: { field: 'metadata.name' },
    POD_UID: { field: 'metadata.uid' },
    NODE_NAME: { field: 'spec.nodeName' },
    LOG_FORMAT: props.logFormat,
  };
}

/** The names by which a Service is called inside the cluster; `localhost`, of a forwarded port, is always accepted. */
function nameHosts(service: string, namespace: string): readonly string[] {
  const qualified = `${service}.${namespace}`;
  return [service, qualified, `${qualified}.svc`, `${qualified}.svc.cluster.local`];
}
