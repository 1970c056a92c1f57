import { describe, expect, it } from '@jest/globals';
import { buildMember } from '../../groups/testing/group-fixture.ts';
import { formatGroup } from './format-group.ts';

describe('formatGroup', () => {
  it('shows who owns what, what lags, and who is idle', () => {
    const partition = (number: number, lag: number) => ({
      partition: number,
      owner: null,
      committedOffset: 0,
      logEndOffset: lag,
      lag,
    });
    expect(
      formatGroup({
        groupId: 'app',
        topic: 'app',
        state: 'Stable',
        assignor: 'sticky',
        coordinator: 0,
        members: [buildMember('consumer-1', [0, 1]), buildMember('consumer-10', [])],
        partitions: [partition(0, 3), partition(1, 4)],
        idle: ['consumer-10'],
        lag: 7,
        explanation: 'in words',
      }),
    ).toEqual(['  consumer-1   0 1   lag 7', '  consumer-10  idle', '  in words']);
  });
});
