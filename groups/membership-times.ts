import type { GroupGeneration } from '../lib/contracts/group-generation.ts';

/** Clients that are not members any more are remembered up to this number. */
const FORMER_KEPT = 1000;

/** When who became a member, in milliseconds since the epoch, as far as the generations that were noted tell. Bounded. */
export class MembershipTimes {
  /** When the last membership of each client began, the latest last. */
  readonly #former = new Map<string, number>();
  #joinedAt: ReadonlyMap<string, number> | undefined;

  /** -Infinity when it was a member in the first generation already. */
  joinedAt(memberId: string): number | undefined {
    return this.#joinedAt?.get(memberId);
  }

  /** Since when each of these clients was a member when it was one last; without those that never were. */
  lastOf(members: GroupGeneration['members']): ReadonlyMap<string, number> {
    return new Map(
      members.flatMap(({ clientId }) => {
        const since = this.#former.get(clientId);
        return since === undefined ? [] : [[clientId, since] as const];
      }),
    );
  }

  /** Takes the next generation. */
  note({ members, at }: GroupGeneration): void {
    const joinedAt = new Map(
      members.map(({ memberId }) => [
        memberId,
        this.#joinedAt === undefined ? -Infinity : (this.#joinedAt.get(memberId) ?? at),
      ]),
    );
    this.#joinedAt = joinedAt;
    for (const { clientId, memberId } of members) {
      this.#former.delete(clientId);
      this.#former.set(clientId, joinedAt.get(memberId) ?? at);
    }
    for (const name of this.#former.keys()) {
      if (this.#former.size <= members.length + FORMER_KEPT) break;
      this.#former.delete(name);
    }
  }
}
