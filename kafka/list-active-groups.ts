import { createKafka, type KafkaOptions } from './create-kafka.ts';
import { toAppError } from './kafka-error.ts';

/**
 * The consumer groups that have members.
 *
 * @throws AppError `kafka-unavailable`
 */
export async function listActiveGroups(options: KafkaOptions): Promise<readonly string[]> {
  const admin = createKafka(options).admin();
  try {
    await admin.connect();
    const { groups } = await admin.listGroups();
    const described = await admin.describeGroups(groups.map(({ groupId }) => groupId));
    return described.groups.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId);
  } catch (error) {
    throw toAppError(error, 'listing the groups');
  } finally {
    await admin.disconnect();
  }
}
