import { describe, expect, it, jest } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { isLost } from '../kafka-error.ts';
import { commitOffsets } from './commit-offsets.ts';
import type { GroupProtocol } from './group-protocol.ts';
import type { MemberGeneration } from './membership.ts';
import { protocolError } from './testing/fake-group.ts';
import { createOwned, OWNED_GENERATION } from './testing/owned-partitions.ts';
import { until } from './testing/until.ts';

jest.setTimeout(30_000);

/** A member of partitions 0 and 1, a coordinator that refuses as often as told, and a join that may be under way. */
function create({ failures = [] as Error[], joined = undefined as Promise<unknown> | undefined } = {}) {
  const { membership, tenures } = createOwned([0, 1]);
  const asked: string[] = [];
  const heard: { readonly error: unknown; readonly of: MemberGeneration }[] = [];
  const warned: string[] = [];
  /** What happens when the group has refused. */
  const onHeard: { react: (error: unknown) => void } = { react: () => undefined };
  const commit: GroupProtocol['commit'] = ({ memberId, generation }, offsets) => {
    const what = [...offsets].map(([partition, offset]) => `${String(partition)}@${String(offset)}`).join(' ');
    asked.push(`${memberId}/${String(generation)}: ${what}`);
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  };
  const offsets = new Map(tenures.map((tenure) => [tenure, 10 + tenure.partition]));
  const committing = () =>
    commitOffsets(offsets, {
      membership,
      protocol: { commit } as GroupProtocol,
      hear: (error, of) => {
        heard.push({ error, of });
        onHeard.react(error);
      },
      whenJoined: () => joined,
      logger: { ...createSilentLogger(), warn: (line: string) => void warned.push(line) } as never,
    });
  return { membership, tenures, asked, heard, warned, onHeard, committing };
}

describe('commitOffsets', () => {
  it('commits everything in one request, as the member of its generation', async () => {
    const { asked, committing } = create();
    await committing();
    expect(asked).toEqual([`me/${String(OWNED_GENERATION)}: 0@10 1@11`]);
  });

  it.each([
    { title: 'its coordinator has moved', error: protocolError('NOT_COORDINATOR_FOR_GROUP') },
    { title: 'its coordinator loads the group', error: protocolError('GROUP_LOAD_IN_PROGRESS') },
    { title: 'the connection broke', error: Object.assign(new Error('x'), { name: 'KafkaJSConnectionClosedError' }) },
    { title: 'the brokers know no reason', error: new Error('x') },
  ])('commits again when $title, and says so', async ({ error }) => {
    const { asked, heard, warned, committing } = create({ failures: [error] });
    await committing();
    expect(asked).toEqual([`me/${String(OWNED_GENERATION)}: 0@10 1@11`, `me/${String(OWNED_GENERATION)}: 0@10 1@11`]);
    expect(heard).toEqual([{ error, of: { memberId: 'me', generation: OWNED_GENERATION } }]);
    expect(warned).toEqual([`committing again: ${error.message}`]);
  });

  it('goes on in the next generation, as soon as the join that is under way has ended, and makes no words of it', async () => {
    const joining = Promise.withResolvers<undefined>();
    const failures = [protocolError('REBALANCE_IN_PROGRESS')];
    const { membership, asked, warned, committing } = create({ failures, joined: joining.promise });
    const committed = committing();
    await until(() => asked.length === 1);
    // Far longer than the pause between two tries without a join.
    await delay(100);
    expect(asked).toHaveLength(1);
    membership.join({ memberId: 'me', generation: 6 });
    joining.resolve(undefined);
    await committed;
    expect([asked[1], asked.length, warned]).toEqual(['me/6: 0@10 1@11', 2, []]);
  });

  it('commits again without a join while its generation has begun and is not decided', async () => {
    const failures = Array.from({ length: 3 }, () => protocolError('REBALANCE_IN_PROGRESS'));
    const { asked, warned, committing } = create({ failures });
    await committing();
    expect([asked.length, warned]).toEqual([4, []]);
  });

  it('commits in its own generation what was refused to an older one', async () => {
    const { membership, asked, onHeard, committing } = create({ failures: [protocolError('ILLEGAL_GENERATION')] });
    onHeard.react = () => membership.join({ memberId: 'me', generation: 7 });
    await committing();
    expect(asked[1]).toBe('me/7: 0@10 1@11');
  });

  it('leaves out what is not owned any more', async () => {
    const { membership, tenures, asked, onHeard, committing } = create({ failures: [new Error('x')] });
    onHeard.react = () => membership.giveUp(tenures.slice(0, 1));
    await committing();
    expect(asked.map((line) => line.split(': ')[1])).toEqual(['0@10 1@11', '1@11']);
  });

  it('gives up a commit that its generation may not make any more, and asks no more', async () => {
    const { membership, asked, onHeard, committing } = create({ failures: [protocolError('UNKNOWN_MEMBER_ID')] });
    onHeard.react = (error) => {
      if (isLost(error)) membership.lose(false);
    };
    await expect(committing()).rejects.toThrow('the membership is over');
    expect(asked).toHaveLength(1);
  });

  it('does not commit what it has gained again for what it had lost', async () => {
    const { membership, asked, onHeard, committing } = create({ failures: [protocolError('ILLEGAL_GENERATION')] });
    onHeard.react = () => {
      membership.lose(true);
      membership.take({ memberId: 'me', generation: 8, protocol: 'cooperative-sticky', partitions: [0, 1] });
    };
    await expect(committing()).rejects.toThrow('the membership is over');
    expect(asked).toHaveLength(1);
  });
});
