import { describe, expect, it } from '@jest/globals';
import { findGhost, type GhostFacts } from './find-ghost.ts';
import { buildMember, buildReplica, iso, second } from './testing/group-fixture.ts';

const LIVING: GhostFacts = {
  member: buildMember('consumer-1', [0], { startedAt: 0.4 }),
  replica: buildReplica('consumer-1', { startedAt: iso(0) }),
  wasReplica: true,
  endedAt: undefined,
  sessionTimeoutMs: 10_000,
};
const RESTARTED = { ...LIVING, replica: buildReplica('consumer-1', { startedAt: iso(60), restarts: 1 }) };

describe('findGhost', () => {
  it('takes a member for living whose replica is the process that it tells of', () => {
    expect(findGhost(LIVING)).toBeNull();
    expect(
      findGhost({ ...LIVING, replica: buildReplica('consumer-1', { startedAt: iso(0), phase: 'unready' }) }),
    ).toBeNull();
    expect(findGhost({ ...LIVING, replica: buildReplica('consumer-1', { startedAt: undefined }) })).toBeNull();
  });

  it('takes members of other clients for no ghosts', () => {
    expect(findGhost({ ...LIVING, replica: undefined, wasReplica: false })).toBeNull();
    expect(findGhost({ ...RESTARTED, member: buildMember('consumer-1', [0], { startedAt: null }) })).toBeNull();
  });

  it('finds the membership of a process that was restarted, which ends a session after that was seen', () => {
    expect(findGhost({ ...RESTARTED, endedAt: second(58) })).toEqual({
      reason: 'its process was restarted',
      expiresAt: second(68),
    });
  });

  it('goes by the start of its successor, where the end was not seen, or was told late', () => {
    expect(findGhost(RESTARTED)?.expiresAt).toBe(second(70));
    expect(findGhost({ ...RESTARTED, endedAt: second(63) })?.expiresAt).toBe(second(70));
  });

  it('does not take the end of a life before for the end of this one', () => {
    expect(findGhost({ ...RESTARTED, endedAt: second(-30) })?.expiresAt).toBe(second(70));
    const gone = { ...LIVING, replica: undefined, endedAt: second(-30) };
    expect(findGhost(gone)).toEqual({ reason: 'its pod is gone', expiresAt: null });
  });

  it('finds the membership of a process that has ended, and of a pod that is gone', () => {
    const failed = buildReplica('consumer-1', { startedAt: iso(0), phase: 'failed' });
    expect(findGhost({ ...LIVING, replica: failed, endedAt: second(30) })).toEqual({
      reason: 'its process has ended',
      expiresAt: second(40),
    });
    const foreign = buildMember('consumer-1', [0], { startedAt: null });
    expect(findGhost({ ...LIVING, member: foreign, replica: failed })?.expiresAt).toBeNull();
    const stopped = buildReplica('consumer-1', { startedAt: iso(0), phase: 'stopped' });
    expect(findGhost({ ...LIVING, replica: stopped })?.reason).toBe('its process has ended');
    expect(findGhost({ ...LIVING, replica: undefined, endedAt: second(30) })).toEqual({
      reason: 'its pod is gone',
      expiresAt: second(40),
    });
  });

  it('does not know when it expires without its session timeout, or with times that are none', () => {
    expect(findGhost({ ...RESTARTED, sessionTimeoutMs: undefined })?.expiresAt).toBeNull();
    const replica = buildReplica('consumer-1', { startedAt: 'yesterday', phase: 'failed' });
    expect(findGhost({ ...LIVING, replica })?.expiresAt).toBeNull();
  });
});
