import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { createSilentLogger } from '../../lib/log/create-logger.ts';

/** A member of a group that does only what it is told to, as any client may behave. */
export interface RawMember {
  /** Joins and takes its assignment, whatever it is; resolves when the group has gone on with it. */
  join(): Promise<void>;
  /** Keeps its membership from now on, and does not hear that it should join again. */
  keepAlive(): void;
  leave(): Promise<void>;
}

export interface RawMemberOptions {
  readonly brokers: readonly string[];
  readonly groupId: string;
  readonly assignor: string;
  readonly metadata: Buffer;
  /** @default 300,000, as Java's clients have it */
  readonly rebalanceTimeoutMs?: number;
}

/** kafkajs' own requests to a coordinator, which wait no longer than it does. */
interface CoordinatorInternals {
  joinGroup(request: {
    readonly groupId: string;
    readonly sessionTimeout: number;
    readonly rebalanceTimeout: number;
    readonly memberId: string;
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  }): Promise<{ generationId: number; memberId: string }>;
  syncGroup(request: {
    readonly groupId: string;
    readonly generationId: number;
    readonly memberId: string;
    readonly groupAssignment: readonly never[];
  }): Promise<unknown>;
  heartbeat(member: { groupId: string; memberId: string; groupGenerationId: number }): Promise<unknown>;
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
}

/** What a member subscribes to, in the bytes of the consumer protocol's version 0. */
export function encodeSubscription(topic: string): Buffer {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(2 + 4 + 2 + name.length + 4);
  bytes.writeInt32BE(1, 2);
  bytes.writeInt16BE(name.length, 6);
  name.copy(bytes, 8);
  bytes.writeInt32BE(-1, 8 + name.length);
  return bytes;
}

export function createRawMember(options: RawMemberOptions): RawMember {
  const { groupId, assignor, metadata, rebalanceTimeoutMs = 300_000 } = options;
  const connection = createClusterConnection({ ...options, clientId: 'raw-member', logger: createSilentLogger() });
  let memberId = '';
  let generationId = -1;
  let heart: NodeJS.Timeout | undefined;
  const ask = <T>(doing: string, question: (coordinator: CoordinatorInternals) => Promise<T>): Promise<T> =>
    connection.run(doing, async (cluster) => {
      const coordinator: unknown = await cluster.findGroupCoordinator({ groupId });
      return question(coordinator as CoordinatorInternals);
    });
  return {
    async join() {
      const joined = await ask('joining', (coordinator) =>
        coordinator.joinGroup({
          groupId,
          sessionTimeout: 30_000,
          rebalanceTimeout: rebalanceTimeoutMs,
          memberId,
          groupProtocols: [{ name: assignor, metadata }],
        }),
      );
      ({ memberId, generationId } = joined);
      await ask('syncing', (coordinator) =>
        coordinator.syncGroup({ groupId, generationId, memberId, groupAssignment: [] }),
      );
    },
    keepAlive() {
      const beat = (): void =>
        void ask('living', (coordinator) =>
          coordinator.heartbeat({ groupId, memberId, groupGenerationId: generationId }).catch(() => undefined),
        ).catch(() => undefined);
      heart = setInterval(beat, 1000);
    },
    async leave() {
      clearInterval(heart);
      await ask('leaving', (coordinator) => coordinator.leaveGroup({ groupId, memberId })).catch(() => undefined);
      await connection.disconnect();
    },
  };
}
