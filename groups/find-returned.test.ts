import { describe, expect, it } from '@jest/globals';
import { findReturned } from './find-returned.ts';

const dynamic = (memberId: string) => ({ memberId });
const member = (groupInstanceId: string, memberId: string) => ({ groupInstanceId, memberId });

describe('findReturned', () => {
  it('finds who has another membership under its id, with both', () => {
    const before = [member('one', 'm1'), member('two', 'm2')];
    const after = [member('two', 'm3'), member('one', 'm1')];
    expect(findReturned(before, after)).toEqual([{ before: before[1], after: after[0] }]);
  });

  it('finds nobody who came, went, stayed, or has no id', () => {
    const before = [member('gone', 'm1'), member('same', 'm2'), dynamic('m3')];
    expect(findReturned(before, [member('new', 'm4'), member('same', 'm2'), dynamic('m5')])).toEqual([]);
    expect(findReturned([], before)).toEqual([]);
  });
});
