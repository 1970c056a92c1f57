import { buildImages } from '../../images/build-images.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';
import { deploy } from './deploy.ts';
import { ensureCluster } from './kind-cluster.ts';
import { useLabContext } from './kube-context.ts';

const COMMANDS = [
  `kubectl port-forward service/producer ${String(PORTS.producer)}      then http://localhost:${String(PORTS.producer)}/docs`,
  `kubectl port-forward service/consumer ${String(PORTS.consumer)}      then http://localhost:${String(PORTS.consumer)}/docs`,
  `kubectl port-forward service/kafdrop ${String(PORTS.kafdrop)}       then http://localhost:${String(PORTS.kafdrop)}`,
  `kubectl port-forward service/operator ${String(PORTS.page)}      then http://localhost:${String(PORTS.page)}, the live page`,
  'kubectl scale deployment/consumer --replicas=4',
  'kubectl get consumergroups                  the group as a line; describe lists rebalances',
  'make status                                 who owns which partition',
  'make logs                                   what every consumer processes',
];

/**
 * Makes the cluster, the images and the lab on it, as far as they are not there yet.
 *
 * @throws AppError that says what is missing, or why the lab does not start
 */
export async function kindUp(nodeImage: string | undefined, context: CommandContext): Promise<number> {
  const { print, interrupted } = context;
  const wasClusterChanged = await ensureCluster({
    ...(nodeImage !== undefined && { nodeImage }),
    tell: print,
    signal: interrupted,
  });
  const wasContextChanged = await useLabContext();
  const wasLabChanged = await buildAndDeploy(context);
  if (!wasClusterChanged && !wasContextChanged && !wasLabChanged) print('nothing to change: the lab runs as it should');
  else print('the lab runs');
  COMMANDS.forEach((command) => print(`  ${command}`));
  print(`  Kafka for programs of this machine: localhost:${String(PORTS.kafkaHost)}`);
  return 0;
}

/** Builds the images, unless they are built, and brings the lab on the cluster to what its manifests say. */
export async function buildAndDeploy({ print, interrupted }: CommandContext): Promise<boolean> {
  const images = await buildImages({
    report: (sentence) => (sentence.endsWith('already') ? undefined : print(sentence)),
  });
  return deploy({ images: { ...images }, tell: print, signal: interrupted });
}
