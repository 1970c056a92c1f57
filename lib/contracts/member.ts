import { z } from 'zod';

/** Names of Kubernetes, and the uids it gives, are not longer. */
const nameSchema = z.string().min(1).max(253);

/**
 * Who a member of the group is, told by itself in its metadata. `pod` is also its client id.
 * A container that was restarted keeps pod and uid; `startedAt` tells the new one from its ghost.
 */
export const memberIdentitySchema = z
  .object({
    pod: nameSchema,
    uid: nameSchema,
    startedAt: z.iso.datetime(),
    node: nameSchema,
  })
  .meta({ id: 'MemberIdentity' });

export type MemberIdentity = z.infer<typeof memberIdentitySchema>;

/**
 * What a member sends as user data with its subscription, as JSON. For a cooperative assignor an INT32 stands before
 * it: the generation, where Java's assignor looks for one.
 */
const memberUserDataSchema = z.object({
  identity: memberIdentitySchema,
  /** What the member owned after the last generation it took part in: topic → partitions. */
  owned: z.record(z.string(), z.array(z.int().min(0))),
  /** That generation; -1 before the first. */
  generation: z.int().min(-1),
});

export type MemberUserData = z.infer<typeof memberUserDataSchema>;

/** The INT32 before the JSON. */
const GENERATION_BYTES = 4;

/** @returns the user data of either form, or undefined for members of other clients or damaged bytes. */
export function parseMemberUserData(userData: Buffer | null | undefined): MemberUserData | undefined {
  if (!userData) return undefined;
  return parseUserData(userData) ?? parseUserData(userData.subarray(GENERATION_BYTES));
}

function parseUserData(bytes: Buffer): MemberUserData | undefined {
  if (bytes.length === 0) return undefined;
  try {
    const result = memberUserDataSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
