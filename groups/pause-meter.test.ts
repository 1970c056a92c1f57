import { describe, expect, it } from '@jest/globals';
import { buildReceipt, iso, second } from './testing/group-fixture.ts';
import { createPauseMeter } from './pause-meter.ts';

const busy = () => true;

describe('PauseMeter', () => {
  it('measures from the end of the last run before a generation to the beginning of the first in it', () => {
    const receipts = [
      buildReceipt(0, 0, { generation: 4, finishedAt: iso(1) }),
      buildReceipt(1, 1, { generation: 4, finishedAt: iso(2.5) }),
      buildReceipt(9, 2, { generation: 5, finishedAt: iso(20) }),
      buildReceipt(30, 3, { generation: 5 }),
    ];
    expect(createPauseMeter().take(receipts, busy)).toEqual([{ generation: 5, partition: 0, pauseMs: 6500 }]);
  });

  it('measures each partition by itself, over any number of calls, and over generations without a record', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0), buildReceipt(0, 0, { partition: 1 })], busy);
    expect(meter.take([buildReceipt(3, 1, { generation: 4 })], busy)).toEqual([
      { generation: 4, partition: 0, pauseMs: 3000 },
    ]);
    expect(meter.take([buildReceipt(5, 1, { generation: 2, partition: 1 })], busy)).toEqual([
      { generation: 2, partition: 1, pauseMs: 5000 },
    ]);
  });

  it('knows none for the first receipts, none within a generation, and none of receipts without one', () => {
    const meter = createPauseMeter();
    const receipts = [
      buildReceipt(0, 0, { generation: undefined }),
      buildReceipt(10, 1),
      buildReceipt(20, 2),
      buildReceipt(30, 3, { generation: undefined }),
    ];
    expect(meter.take(receipts, busy)).toEqual([]);
  });

  it('asks whether the partition was busy since the silence began, and measures none when it was not', () => {
    const asked: [number, number][] = [];
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0, { partition: 3 })], busy);
    const quiet = (partition: number, since: number) => {
      asked.push([partition, since]);
      return false;
    };
    expect(meter.take([buildReceipt(600, 1, { partition: 3, generation: 2 })], quiet)).toEqual([]);
    expect(asked).toEqual([[3, second(0)]]);
  });

  it('is not turned back by a late receipt of a generation before', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0), buildReceipt(5, 1, { generation: 2 })], busy);
    const late = [buildReceipt(6, 1), buildReceipt(7, 2, { generation: 2 }), buildReceipt(9, 3, { generation: 3 })];
    expect(meter.take(late, busy)).toEqual([{ generation: 3, partition: 0, pauseMs: 2000 }]);
  });

  it('counts from the latest end, in whatever order the ends are told', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(4, 0), buildReceipt(2, 1)], busy);
    expect(meter.take([buildReceipt(5, 2, { generation: 2 })], busy)[0]?.pauseMs).toBe(1000);
  });

  it('measures none over receipts that were not read', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0)], busy);
    expect(meter.take([buildReceipt(60, 5000, { generation: 2 })], busy)).toEqual([]);
    expect(meter.take([buildReceipt(61, 5001, { generation: 3 })], busy)).toHaveLength(1);
  });

  it('takes records that are processed again for records', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0, { to: 9 })], busy);
    expect(meter.take([buildReceipt(2, 5, { generation: 2 })], busy)).toHaveLength(1);
  });

  it('is never negative when the clocks of two members differ, and never no number', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(10, 0)], busy);
    expect(meter.take([buildReceipt(9, 1, { generation: 2 })], busy)[0]?.pauseMs).toBe(0);
    const broken = [
      buildReceipt(10, 2, { generation: 3, startedAt: 'soon' }),
      buildReceipt(11, 3, { generation: 4, finishedAt: 'later' }),
    ];
    expect(meter.take(broken, busy)).toEqual([]);
  });

  it('begins anew with a group that was made again', () => {
    const meter = createPauseMeter();
    meter.take([buildReceipt(0, 0, { generation: 7 })], busy);
    meter.forget();
    const again = [buildReceipt(100, 1), buildReceipt(103, 2, { generation: 2 })];
    expect(meter.take(again, busy)).toEqual([{ generation: 2, partition: 0, pauseMs: 3000 }]);
  });
});
