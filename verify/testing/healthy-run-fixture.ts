// eslint-disable-next-line import-x/no-extraneous-dependencies -- the test tools belong to the root
import fc from 'fast-check';
import { buildHistory, buildReceipt, FIRST_OFFSET, NOW, planOperations, SESSION_MS } from './history-fixture.ts';
import type { AcceptedCommit, CommitSample, FaultRecord, Generation, History, LedgerEntry } from '../checks/history.ts';

/** Something that happens to a group, and what its victim had processed by then without accounting for it. */
export interface GroupEvent {
  readonly kind: 'join' | 'leave' | 'kill' | 'killAfterReceipt' | 'restart' | 'pause' | 'coordinatorLost';
  /** The member it happens to, in turn. */
  readonly turn: number;
  /** Records that the victim has processed since its last commit. */
  readonly open: number;
  /** Records that a member processes after it has lost its partitions, before it hears of that. */
  readonly whileLosing: number;
}

const PARTITIONS = 3;
const RECORDS = 600;
const PER_ROUND = 3;
const ROUND_MS = 1000;

interface Member {
  readonly name: string;
  /** The coordinator's, which lasts as long as its membership. */
  readonly id: string;
  readonly owned: readonly number[];
}

/** Plays a correct group: at least once, receipts before commits, nothing processed after the word of a loss. */
export class HealthyGroup {
  readonly #receipts: LedgerEntry[] = [];
  readonly #generations: Generation[] = [];
  readonly #commits: AcceptedCommit[] = [];
  readonly #samples: CommitSample[] = [];
  readonly #faults: FaultRecord[] = [];
  readonly #committed = Array<number>(PARTITIONS).fill(FIRST_OFFSET);
  #members: Member[] = [];
  #started = 0;
  #now = NOW;
  readonly #isCooperative: boolean;

  /** @param isCooperative whether it takes two generations to move a partition: one to take it away, one to give it */
  constructor(isCooperative = false) {
    this.#isCooperative = isCooperative;
    this.#rebalance([this.#nextName(), this.#nextName()]);
    this.#work();
  }

  play(event: GroupEvent): void {
    const names = this.#members.map(({ name }) => name);
    const victim = this.#members[event.turn % this.#members.length];
    if (event.kind === 'join' || !victim || (event.kind === 'leave' && names.length === 1)) {
      this.#rebalance([...names, this.#nextName()]);
    } else if (event.kind === 'leave') {
      this.#rebalance(names.filter((name) => name !== victim.name));
    } else if (event.kind === 'pause') {
      this.#pause(victim, event);
    } else if (event.kind === 'coordinatorLost') {
      this.#loseCoordinator(victim, event);
    } else {
      this.#kill(victim, event);
    }
    this.#work();
  }

  /** Lets the group finish, and tells all there is to know about it. */
  finish(): History {
    while (this.#committed.some((offset) => offset < FIRST_OFFSET + RECORDS / PARTITIONS)) this.#work();
    const planned = planOperations(RECORDS).map((each, index) => ({ ...each, keyNumber: index % PARTITIONS }));
    return {
      ...buildHistory({ partitions: PARTITIONS, operations: planned }),
      receipts: this.#receipts,
      ledgerRange: this.#committed.map((_, partition) => ({
        partition,
        logStart: FIRST_OFFSET,
        logEnd: this.#ledgerEnd(partition),
        endBeforeRun: FIRST_OFFSET,
      })),
      generations: this.#generations,
      commits: this.#commits,
      commitSamples: this.#samples,
      faults: this.#faults,
    };
  }

  /** Every member but those away processes a little of what it owns and accounts for it. */
  #work(away: readonly string[] = []): void {
    const generation = this.#generations.length;
    for (const { name, owned } of this.#members.filter((each) => !away.includes(each.name))) {
      for (const partition of owned) {
        const processed = this.#write(partition, PER_ROUND, { member: name, generation });
        this.#commit(partition, processed);
      }
    }
    this.#now += ROUND_MS;
    const partitions = this.#committed.map((committedOffset, partition) => ({
      partition,
      committedOffset,
      ledgerEnd: this.#ledgerEnd(partition),
    }));
    this.#samples.push({ at: this.#now, partitions });
  }

  /** @returns where the receipt ended, or undefined when there was nothing to process. */
  #write(partition: number, records: number, changes: Partial<LedgerEntry>): number | undefined {
    const from = this.#committed[partition] ?? 0;
    const to = Math.min(from + records, FIRST_OFFSET + RECORDS / PARTITIONS) - 1;
    if (to < from) return undefined;
    const [startedAt, finishedAt] = [this.#time(100), this.#time(900)];
    const place = { partition, from, to, ledgerOffset: this.#ledgerEnd(partition) };
    this.#receipts.push(buildReceipt(place, { startedAt, finishedAt, ...changes }));
    return to + 1;
  }

  #commit(partition: number, offset: number | undefined): void {
    if (offset === undefined) return;
    this.#committed[partition] = offset;
    this.#commits.push({ partition, offset, at: this.#now + 950 });
  }

  /** Until its session is over, the others work; it comes back under its name, or not. */
  #kill(victim: Member, { kind, open }: GroupEvent): void {
    const generation = this.#generations.length;
    if (kind === 'killAfterReceipt' && open > 0) {
      for (const partition of victim.owned) this.#write(partition, open, { member: victim.name, generation });
    }
    this.#fault('kill', victim.name);
    this.#workUntil(this.#now + SESSION_MS, victim.name);
    const others = this.#members.map(({ name }) => name).filter((name) => name !== victim.name);
    this.#drop(victim);
    this.#rebalance(kind === 'restart' || others.length === 0 ? [...others, victim.name] : others);
  }

  /** The others go on without it; when it is resumed it accounts for what it had, and is told. */
  #pause(victim: Member, { open, whileLosing }: GroupEvent): void {
    const generation = this.#generations.length;
    const names = this.#members.map(({ name }) => name);
    const startedAt = this.#time(0);
    const position = new Map(victim.owned.map((partition) => [partition, this.#committed[partition] ?? 0]));
    this.#fault('pause', victim.name);
    this.#workUntil(this.#now + SESSION_MS, victim.name);
    this.#rebalance(names.filter((name) => name !== victim.name));
    this.#workUntil(this.#now + 2 * SESSION_MS, victim.name);
    this.#fault('resume', victim.name);
    this.#now += 100;
    const times = { startedAt: open > 0 ? startedAt : this.#time(0), finishedAt: this.#time(0) };
    this.#accountLate(position, open + whileLosing, { ...times, member: victim.name, generation });
    this.#now += 100;
    this.#rebalance(names);
  }

  /** The coordinator is killed as soon as it has written that the victim is out, so that the victim hears of it late. */
  #loseCoordinator(victim: Member, { whileLosing }: GroupEvent): void {
    const generation = this.#generations.length;
    const names = this.#members.map(({ name }) => name);
    const position = new Map(victim.owned.map((partition) => [partition, this.#committed[partition] ?? 0]));
    this.#rebalance(names.filter((name) => name !== victim.name));
    this.#workUntil(this.#now + SESSION_MS / 2, victim.name);
    this.#fault('kill', 'kafka-0');
    this.#workUntil(this.#now + SESSION_MS, victim.name);
    const times = { startedAt: this.#time(0), finishedAt: this.#time(0) };
    this.#accountLate(position, whileLosing, { ...times, member: victim.name, generation });
    this.#rebalance(names);
  }

  /** Receipts of a member that has lost its partitions; its commits are refused. */
  #accountLate(position: ReadonlyMap<number, number>, records: number, changes: Partial<LedgerEntry>): void {
    for (const [partition, from] of position) {
      const to = Math.min(from + records, FIRST_OFFSET + RECORDS / PARTITIONS) - 1;
      if (to < from) continue;
      const place = { partition, from, to, ledgerOffset: this.#ledgerEnd(partition) };
      this.#receipts.push(buildReceipt(place, changes));
    }
  }

  #workUntil(time: number, away: string): void {
    while (this.#now < time) this.#work([away]);
  }

  /** Its membership has ended, and what it owned is nobody's. */
  #drop(victim: Member): void {
    this.#members = this.#members.filter((each) => each !== victim);
  }

  #rebalance(names: readonly string[]): void {
    this.#now += 10;
    const before = this.#members;
    const after = names.map((name, index) => ({
      name,
      id: before.find((each) => each.name === name)?.id ?? `${name}-id-${String(this.#now)}`,
      owned: [...Array(PARTITIONS).keys()].filter((partition) => partition % names.length === index),
    }));
    if (this.#isCooperative) this.#askToGiveUp(before, after);
    this.#members = after;
    this.#writeGeneration(after);
  }

  /** Members keep what stays their own, and finish what they have begun of the rest, before another may have it. */
  #askToGiveUp(before: readonly Member[], after: readonly Member[]): void {
    const ownedBefore = new Map(before.map(({ id, owned }) => [id, owned]));
    const givenUp = after.map(({ id, owned }) => (ownedBefore.get(id) ?? []).filter((each) => !owned.includes(each)));
    if (givenUp.every((each) => each.length === 0)) return;
    this.#writeGeneration(
      after.map((each) => ({ ...each, owned: each.owned.filter((one) => ownedBefore.get(each.id)?.includes(one)) })),
    );
    for (const [index, { name }] of after.entries()) {
      for (const partition of givenUp[index] ?? []) {
        const changes = { member: name, generation: this.#generations.length - (partition % 2) };
        this.#commit(partition, this.#write(partition, PER_ROUND, changes));
      }
    }
    this.#now += ROUND_MS;
  }

  #writeGeneration(members: readonly Member[]): void {
    this.#generations.push({
      generation: this.#generations.length + 1,
      at: this.#now,
      members: members.map(({ name, id, owned }) => ({
        member: name,
        memberId: id,
        sessionTimeoutMs: SESSION_MS,
        partitions: owned,
      })),
    });
  }

  #nextName(): string {
    this.#started += 1;
    return `consumer-${String(this.#started)}`;
  }

  #fault(kind: string, target: string): void {
    this.#faults.push({ at: this.#now, kind, target });
  }

  #time(afterMs: number): string {
    return new Date(this.#now + afterMs).toISOString();
  }

  #ledgerEnd(partition: number): number {
    return FIRST_OFFSET + this.#receipts.filter((receipt) => receipt.partition === partition).length;
  }
}

const event: fc.Arbitrary<GroupEvent> = fc.record({
  kind: fc.constantFrom('join', 'leave', 'kill', 'killAfterReceipt', 'restart', 'pause', 'coordinatorLost'),
  turn: fc.nat({ max: 5 }),
  open: fc.nat({ max: 3 }),
  whileLosing: fc.nat({ max: 3 }),
});

/** Any healthy run: members join, leave, are killed before and after their receipts, and paused past their session. */
export const healthyRun: fc.Arbitrary<History> = fc
  .tuple(fc.array(event, { maxLength: 8 }), fc.boolean())
  .map(([events, isCooperative]) => {
    const group = new HealthyGroup(isCooperative);
    for (const each of events) group.play(each);
    return group.finish();
  });
