/** A partition for as long as this member owns it without a break. */
export interface Tenure {
  readonly partition: number;
  /** Aborted when nothing more of it may be begun: it is given up, or lost. */
  readonly ending: AbortSignal;
  /** Whether it may still be accounted for: it was not lost, and it was not given up. */
  readonly isOwned: boolean;
}

/** Under which name a member commits and beats. */
export interface MemberGeneration {
  readonly memberId: string;
  readonly generation: number;
}

/** What a generation gives a member. */
export interface AssignedPartitions extends MemberGeneration {
  /** The assignor's name in the group protocol. */
  readonly protocol: string;
  readonly partitions: readonly number[];
}

/** How an assignment differs from what was owned before. */
export interface AssignmentChange {
  readonly gained: readonly Tenure[];
  /** Owned, and not to be owned any more: what is in hand is finished and accounted for, then they are given up. */
  readonly revoked: readonly Tenure[];
}

interface OwnedTenure extends Tenure {
  isOwned: boolean;
  readonly controller: AbortController;
}

/**
 * What a member owns, and as whom: pure bookkeeping. A partition is gained by an assignment, and goes in one of two
 * ways: given up, after it was accounted for, or lost, at once and without a word.
 * Semantics: https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
 */
export class Membership {
  readonly #tenures = new Map<number, OwnedTenure>();
  #memberId = '';
  #generation = -1;
  #assigned: AssignedPartitions | undefined;

  /** The id that the coordinator gave; empty before. */
  get memberId(): string {
    return this.#memberId;
  }

  /** The last generation that this member joined; -1 before the first, and after it was lost. */
  get generation(): number {
    return this.#generation;
  }

  /** The last generation of which it knows its assignment: what it processes now is processed in that one. */
  get assignedGeneration(): number {
    return this.#assigned?.generation ?? -1;
  }

  /** The assignor of that generation, by its name in the group protocol; null before the first. */
  get protocol(): string | null {
    return this.#assigned?.protocol ?? null;
  }

  /** What it was given last, whatever has become of it since; undefined before the first assignment. */
  get assigned(): AssignedPartitions | undefined {
    return this.#assigned;
  }

  /** As whom it may speak to the group; undefined while it is no member. */
  get identity(): MemberGeneration | undefined {
    if (this.#memberId === '' || this.#generation < 0) return undefined;
    return { memberId: this.#memberId, generation: this.#generation };
  }

  /** What it owns, what is about to be given up included, by partition. */
  get tenures(): readonly Tenure[] {
    return [...this.#tenures.values()].sort((a, b) => a.partition - b.partition);
  }

  /** The partitions of `tenures`, in ascending order. */
  get partitions(): readonly number[] {
    return this.tenures.map(({ partition }) => partition);
  }

  /** The coordinator has given an id, under which to join (KIP-394). */
  name(memberId: string): void {
    this.#memberId = memberId;
  }

  /**
   * A generation has begun, and its leader decides. What is owned stays owned in it, whatever becomes of the decision:
   * the leader leaves it to its owner.
   */
  join({ memberId, generation }: MemberGeneration): void {
    this.#memberId = memberId;
    this.#generation = generation;
  }

  /** The leader has decided. */
  take(given: AssignedPartitions): AssignmentChange {
    this.join(given);
    this.#assigned = given;
    const assigned = new Set(given.partitions);
    const revoked = this.end([...this.#tenures.keys()].filter((partition) => !assigned.has(partition)));
    // What was ended and is assigned all the same goes on from what is committed of it.
    const gained = [...assigned]
      .filter((partition) => this.#tenures.get(partition)?.ending.aborted !== false)
      .sort((a, b) => a - b)
      .map((partition) => this.#begin(partition));
    return { gained, revoked };
  }

  /** The leader has decided on a member that is about to end: it begins nothing, and gives up what it owns. */
  takeNothing(given: AssignedPartitions): AssignmentChange {
    this.join(given);
    this.#assigned = given;
    return { gained: [], revoked: this.end() };
  }

  #begin(partition: number): Tenure {
    const before = this.#tenures.get(partition);
    if (before !== undefined) before.isOwned = false;
    const controller = new AbortController();
    const tenure = { partition, controller, ending: controller.signal, isOwned: true };
    this.#tenures.set(partition, tenure);
    return tenure;
  }

  /** Nothing more of these partitions is begun; what is in hand of them may be finished and accounted for. */
  end(partitions: readonly number[] = this.partitions): readonly Tenure[] {
    const ended = partitions.flatMap((partition) => this.#tenures.get(partition) ?? []);
    for (const { controller } of ended) controller.abort();
    return ended;
  }

  /** They may be another member's from now on. */
  giveUp(tenures: readonly Tenure[]): void {
    for (const tenure of tenures) {
      const owned = this.#tenures.get(tenure.partition);
      if (owned !== tenure) continue;
      owned.controller.abort();
      owned.isOwned = false;
      this.#tenures.delete(tenure.partition);
    }
  }

  /**
   * The group has gone on without this member: another one may own what it owned, and has since when nobody knows.
   *
   * @param keepsId whether the coordinator still knows it by its id
   */
  lose(keepsId: boolean): readonly Tenure[] {
    const lost = this.tenures;
    this.giveUp(lost);
    this.#generation = -1;
    if (!keepsId) this.#memberId = '';
    return lost;
  }
}
