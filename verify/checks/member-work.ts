import { GrowingColumn } from './growing-column.ts';
import type { LedgerEntry } from './history.ts';
import type { Gap } from './measure-gaps.ts';

/** When members were at work, by the receipts of all partitions: sixteen bytes a receipt. */
export class MemberWork {
  readonly #byMember = new Map<string, { count: number; readonly from: GrowingColumn; readonly to: GrowingColumn }>();

  static of(receipts: Iterable<LedgerEntry>): MemberWork {
    const work = new MemberWork();
    for (const receipt of receipts) work.add(receipt);
    return work;
  }

  /** Of every receipt. */
  get members(): Iterable<string> {
    return this.#byMember.keys();
  }

  add({ member, startedAt, finishedAt }: LedgerEntry): void {
    let ofMember = this.#byMember.get(member);
    if (!ofMember) {
      ofMember = { count: 0, from: new GrowingColumn(), to: new GrowingColumn() };
      this.#byMember.set(member, ofMember);
    }
    ofMember.from.set(ofMember.count, Date.parse(startedAt));
    ofMember.to.set(ofMember.count, Date.parse(finishedAt));
    ofMember.count += 1;
  }

  /** What a member did from one time to another, in no order; times are milliseconds since the epoch. */
  *between(member: string, { from, to }: Gap): Generator<Gap> {
    const ofMember = this.#byMember.get(member);
    for (let index = 0; index < (ofMember?.count ?? 0); index += 1) {
      const work = { from: ofMember?.from.get(index) ?? NaN, to: ofMember?.to.get(index) ?? NaN };
      if (work.from <= to && work.to >= from) yield work;
    }
  }
}
