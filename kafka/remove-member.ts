import type { ClusterConnection } from './cluster-connection.ts';
import { isLost } from './kafka-error.ts';
import { sendLeave, type GroupMember } from './kafkajs/group-requests.ts';

/**
 * Has a member leave its group in place of its process, which is gone for good: what it owned is shared out at once. Who
 * has come back under the same id meanwhile has another member id, and stays.
 *
 * @throws AppError `kafka-unavailable`
 */
export function removeMember(connection: ClusterConnection, member: GroupMember): Promise<void> {
  return connection.run(`removing a member of group ${member.groupId}`, async (cluster) => {
    try {
      await sendLeave(await cluster.findGroupCoordinator({ groupId: member.groupId }), member);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
  });
}
