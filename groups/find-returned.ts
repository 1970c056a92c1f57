/** As much of a member as tells whether it is the same as before. */
interface Membership {
  readonly memberId: string;
  /** Of a static member. */
  readonly groupInstanceId?: string;
}

/**
 * The static members that have another membership under their id than before, with both: a new process, or one that had
 * lost its membership (KIP-345).
 */
export function findReturned<T extends Membership>(
  before: readonly T[],
  after: readonly T[],
): readonly { readonly before: T; readonly after: T }[] {
  const byInstance = new Map(before.map((member) => [member.groupInstanceId, member]));
  return after.flatMap((member) => {
    const former = member.groupInstanceId === undefined ? undefined : byInstance.get(member.groupInstanceId);
    return former === undefined || former.memberId === member.memberId ? [] : [{ before: former, after: member }];
  });
}
