import { messageOf } from '../../lib/errors/app-error.ts';
import type { Logger } from '../../lib/log/create-logger.ts';
import type { KubeClient } from './kube-client.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** In which zone each node is. */
export interface NodeZones {
  /** The zone of a node, or nothing when it has none or nodes may not be read. */
  find(node: string): Promise<string | undefined>;
}

/** Lists the nodes when one is asked for that it has not seen. A node keeps its zone. */
export function createNodeZones(client: KubeClient, logger: Logger): NodeZones {
  const zones = new Map<string, string | undefined>();
  let listing: Promise<void> | undefined;

  const list = async (): Promise<void> => {
    try {
      const { items } = await client.call('list the nodes', () => client.core.listNode());
      for (const { metadata } of items) {
        if (metadata?.name !== undefined) zones.set(metadata.name, metadata.labels?.[ZONE_LABEL]);
      }
    } catch (error) {
      logger.debug(`zones are unknown: ${messageOf(error)}`);
    } finally {
      listing = undefined;
    }
  };
  return {
    async find(node) {
      if (!zones.has(node)) {
        await (listing ??= list());
        // A node that could not be listed is not asked for again with each replica.
        if (!zones.has(node)) zones.set(node, undefined);
      }
      return zones.get(node);
    },
  };
}
