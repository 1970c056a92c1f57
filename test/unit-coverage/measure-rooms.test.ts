import { describe, expect, it } from '@jest/globals';
import { measureRooms } from './measure-rooms.ts';

const file = (total: number, covered: number) => ({ lines: { total, covered } });

describe('measureRooms', () => {
  it('adds up the files of a room, and has each service by itself', () => {
    const files = {
      total: file(1000, 1000),
      '/lab/groups/balance.ts': file(60, 60),
      '/lab/groups/testing/deep/fixture.ts': file(40, 20),
      '/lab/services/operator/main.ts': file(10, 0),
      '/lab/services/producer/main.ts': file(10, 9),
    };
    expect(measureRooms(files, '/lab')).toEqual([
      { room: 'services/producer', lines: 10, percent: 90 },
      { room: 'groups', lines: 100, percent: 80 },
      { room: 'services/operator', lines: 10, percent: 0 },
    ]);
  });

  it('does not divide by the lines of a room that has none', () => {
    expect(measureRooms({ '/lab/lib/types.ts': file(0, 0) }, '/lab')).toEqual([
      { room: 'lib', lines: 0, percent: 100 },
    ]);
  });
});
