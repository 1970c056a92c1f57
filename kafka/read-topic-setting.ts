import type { ClusterConnection } from './cluster-connection.ts';
import { hasType } from './kafka-error.ts';

/** The number of a topic among the kinds of resources that have settings. */
const TOPIC_RESOURCE = 2;
const NOT_TOLD = new Set(['TOPIC_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION']);

/**
 * What a topic's setting is now, whoever set it; undefined when the brokers do not tell: there is no such topic or
 * setting, or one may not ask.
 *
 * @throws AppError `kafka-unavailable`
 */
export function readTopicSetting(
  connection: ClusterConnection,
  topic: string,
  setting: string,
): Promise<string | undefined> {
  return connection.run(`asking for ${setting} of ${topic}`, async (cluster) => {
    await cluster.refreshMetadataIfNecessary();
    const broker = await cluster.findBroker({ nodeId: cluster.getNodeIds()[0] ?? -1 });
    const asked = { type: TOPIC_RESOURCE, name: topic, configNames: [setting] };
    try {
      const { resources } = await broker.describeConfigs({ resources: [asked] });
      const entries = resources.flatMap(({ configEntries }) => configEntries);
      return entries.find(({ configName }) => configName === setting)?.configValue ?? undefined;
    } catch (error) {
      if (hasType(error, NOT_TOLD)) return undefined;
      throw error;
    }
  });
}
