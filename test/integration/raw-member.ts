import { createClusterConnection } from '../../kafka/cluster-connection.ts';
import { array, blob, int16, text } from '../../kafka/consumer-offsets/assemble-bytes.ts';
import { createGroupProtocol, type GroupProtocol } from '../../kafka/member/group-protocol.ts';
import type { MemberGeneration } from '../../kafka/member/membership.ts';
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

/** What a member subscribes to, in the bytes of the consumer protocol's version 0. */
export function encodeSubscription(topic: string): Buffer {
  return Buffer.concat([int16(0), array(text(topic)), blob(null)]);
}

export function createRawMember(options: RawMemberOptions): RawMember {
  const { groupId, assignor, metadata, rebalanceTimeoutMs = 300_000 } = options;
  const connection = createClusterConnection({ ...options, clientId: 'raw-member', logger: createSilentLogger() });
  let member: MemberGeneration = { memberId: '', generation: -1 };
  let heart: NodeJS.Timeout | undefined;
  const ask = <T>(doing: string, question: (group: GroupProtocol) => Promise<T>): Promise<T> =>
    connection.run(doing, (cluster) =>
      question(createGroupProtocol(cluster, { groupId, topic: '', instanceId: null })),
    );
  const wait = { signal: new AbortController().signal, onSign: () => undefined };
  return {
    async join() {
      const fields = {
        sessionTimeout: 30_000,
        rebalanceTimeout: rebalanceTimeoutMs,
        groupProtocols: [{ name: assignor, metadata }],
      };
      const joined = await ask('joining', (group) =>
        group.join(member.memberId, fields, wait, (memberId) => (member = { ...member, memberId })),
      );
      member = { memberId: joined.memberId, generation: joined.generationId };
      await ask('syncing', (group) => group.sync(member, [], wait));
    },
    keepAlive() {
      const beat = (): void =>
        void ask('living', (group) => group.heartbeat(member).catch(() => undefined)).catch(() => undefined);
      heart = setInterval(beat, 1000);
    },
    async leave() {
      clearInterval(heart);
      await ask('leaving', (group) => group.leave(member.memberId)).catch(() => undefined);
      await connection.disconnect();
    },
  };
}
