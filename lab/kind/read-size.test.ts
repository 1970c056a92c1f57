import { describe, expect, it } from '@jest/globals';
import { parseVoters } from './read-size.ts';

const line = (id: number, role: string): string =>
  `server.${String(id)}=zookeeper-${String(id - 1)}.zookeeper-headless:2888:3888:${role};0.0.0.0:2181`;

describe('parseVoters', () => {
  it('reads who votes, and not who looks on', () => {
    const answer = ['serverId=1', 'membership: ', line(1, 'participant'), line(4, 'observer'), line(5, 'participant')];
    expect(parseVoters(answer.join('\n'))).toEqual([1, 5]);
  });

  it('takes no answer from a server without a quorum for an ensemble without voters', () => {
    expect(() => parseVoters('This ZooKeeper instance is not currently serving requests\n')).toThrow(
      'zookeeper-0 does not serve: This ZooKeeper instance is not currently serving requests',
    );
  });
});
