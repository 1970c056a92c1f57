import { describe, expect, it } from '@jest/globals';
import type { Logger } from '../../lib/log/create-logger.ts';
import { listAssignors } from '../assignor/assignors.ts';
import type { DescribedGroup, GroupProtocol } from './group-protocol.ts';
import { JoinObstacle } from './join-obstacle.ts';
import { protocolError } from './testing/fake-group.ts';

const REBALANCE_TIMEOUT_MS = 60_000;

function create(group?: DescribedGroup) {
  const warned: string[] = [];
  const described = { times: 0 };
  const obstacle = new JoinObstacle({
    groupId: 'app',
    identity: { pod: 'consumer-1' },
    assignors: listAssignors('sticky'),
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    protocol: {
      coordinator: 3,
      describe() {
        described.times += 1;
        return group === undefined ? Promise.reject(new Error('no answer')) : Promise.resolve(group);
      },
    } as Pick<GroupProtocol, 'coordinator' | 'describe'> as GroupProtocol,
    logger: { warn: (line: string) => void warned.push(line) } as unknown as Logger,
  });
  return { obstacle, warned, described };
}

describe('JoinObstacle', () => {
  it('is none at first, nor while joining again may help', async () => {
    const { obstacle, warned, described } = create();
    expect(obstacle.reason).toBeNull();
    for (const error of [protocolError('REBALANCE_IN_PROGRESS'), protocolError('UNKNOWN_MEMBER_ID'), new Error('x')]) {
      expect(await obstacle.note(error)).toBe(false);
    }
    expect([obstacle.reason, warned, described.times]).toEqual([null, [], 0]);
  });

  it.each([
    { type: 'GROUP_MAX_SIZE_REACHED', words: 'group app has as many members as the brokers’ group.max.size allows' },
    { type: 'GROUP_AUTHORIZATION_FAILED', words: 'this client may not join group app' },
    { type: 'INVALID_SESSION_TIMEOUT', words: 'the brokers take no session timeout of 10000 ms in group app' },
    { type: 'INCONSISTENT_GROUP_PROTOCOL', words: 'this consumer offers kafka-lab-sticky' },
  ])('tells why the group does not take the member: $type', async ({ type, words }) => {
    const { obstacle, warned } = create();
    expect(await obstacle.note(protocolError(type))).toBe(true);
    expect(obstacle.reason).toContain(words.replace('’', "'"));
    expect(warned).toEqual([`consumer-1 cannot join: ${obstacle.reason ?? ''}`]);
  });

  it('names what the members of the group use instead', async () => {
    const { obstacle } = create({ protocolType: 'consumer', protocol: 'range', members: [{ clientId: 'java-1' }] });
    await obstacle.note(protocolError('INCONSISTENT_GROUP_PROTOCOL'));
    expect(obstacle.reason).toMatch(/\(java-1\) use the assignor range/);
  });

  it('says so once, however long it lasts and whatever else it becomes, and again after it was a member', async () => {
    const { obstacle, warned } = create();
    await obstacle.note(protocolError('GROUP_MAX_SIZE_REACHED'));
    await obstacle.note(protocolError('GROUP_MAX_SIZE_REACHED'));
    await obstacle.note(protocolError('GROUP_AUTHORIZATION_FAILED'));
    obstacle.noteWait(10 * REBALANCE_TIMEOUT_MS);
    expect(warned).toHaveLength(1);
    expect(obstacle.reason).toMatch(/rebalance/);
    obstacle.clear();
    expect(obstacle.reason).toBeNull();
    await obstacle.note(protocolError('GROUP_MAX_SIZE_REACHED'));
    expect(warned).toHaveLength(2);
  });

  it('is a rebalance that lasts longer than any member may take, and not before', () => {
    const { obstacle, warned } = create();
    obstacle.noteWait(REBALANCE_TIMEOUT_MS);
    expect([obstacle.reason, warned]).toEqual([null, []]);
    obstacle.noteWait(REBALANCE_TIMEOUT_MS + 60_000);
    expect(obstacle.reason).toMatch(/app/);
    expect(warned).toHaveLength(1);
  });
});
