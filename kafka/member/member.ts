import { setTimeout as delay } from 'node:timers/promises';
import { AppError, messageOf } from '../../lib/errors/app-error.ts';
import { BackOff, pause } from '../../lib/retry/back-off.ts';
import { isFenced, isLost, isRebalance, typeOf } from '../kafka-error.ts';
import { commitOffsets } from './commit-offsets.ts';
import type { GroupConsumer, MemberDeps } from './group-consumer.ts';
import { Heart } from './heart.ts';
import { JoinObstacle } from './join-obstacle.ts';
import { Joiner } from './joiner.ts';
import type { MemberState } from './member-state.ts';
import { Membership, type AssignedPartitions, type MemberGeneration } from './membership.ts';
import { PartitionWork } from './partition-work.ts';

/** A record that takes longer costs the membership: the group goes on without this member. */
const MAX_PROCESSING_MS = 300_000;
const JOIN_AGAIN_MS = 100;
/** The group is asked less and less often for what it refuses. */
const REFUSED_BACK_OFF = { firstMs: 1000, longestMs: 30_000 };
const JOIN_BEFORE_STOP_MS = 8000;
const LEAVE_TIMEOUT_MS = 2000;

/** The life of a member: joins, beats, joins again whenever the group does, leaves. */
export class Member implements GroupConsumer {
  readonly #deps: MemberDeps;
  readonly #membership = new Membership();
  readonly #joiner: Joiner;
  readonly #work: PartitionWork;
  readonly #obstacle: JoinObstacle;
  readonly #heart: Heart;
  readonly #stopping = new AbortController();
  /** Ends a join that nobody waits for any more. */
  readonly #givingUp = new AbortController();
  /** Under way from the request to join until the assignment. */
  #joining: PromiseWithResolvers<undefined> | undefined;
  #rejoin = Promise.withResolvers<undefined>();
  #looking: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();
  #pausedSince: number | undefined;
  #isStopping = false;
  #lastActivityAt = Date.now();

  constructor(deps: MemberDeps) {
    const membership = this.#membership;
    this.#deps = deps;
    this.#joiner = new Joiner({ ...deps, membership });
    this.#obstacle = new JoinObstacle(deps);
    this.#heart = new Heart({ intervalMs: deps.heartbeatIntervalMs, beat: () => this.#beat() });
    this.#work = new PartitionWork({
      ...deps,
      membership,
      commit: async (offsets) => {
        await commitOffsets(offsets, {
          ...deps,
          membership,
          hear: (error, of) => this.#hear(error, of),
          whenJoined: () => this.#joining?.promise,
        });
        this.#heart.noteWork();
      },
      onSign: () => this.#touch(),
      signal: this.#stopping.signal,
    });
  }

  get lastActivityAt(): number {
    const now = Date.now();
    const inHandMs = this.#work.longestInHandMs(now);
    return inHandMs > 0 && inHandMs < MAX_PROCESSING_MS ? now : this.#lastActivityAt;
  }

  #touch(): void {
    this.#lastActivityAt = Date.now();
  }

  state(): MemberState {
    const { identity, partitions, assigned } = this.#membership;
    const hasJoined = assigned !== undefined;
    return {
      phase: this.#isStopping ? 'stopped' : hasJoined && identity ? 'member' : 'joining',
      hasJoined,
      memberId: identity?.memberId ?? null,
      generation: identity?.generation ?? null,
      partitions,
      held: this.#work.held,
      obstacle: this.#obstacle.reason,
    };
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    const { protocol, disconnect, instanceId, logger } = this.#deps;
    this.#isStopping = true;
    this.#membership.end();
    const joinDeadline = Date.now() + JOIN_BEFORE_STOP_MS;
    // A join that is under way goes on: the generation may begin any moment, and then what is open is committed in that one.
    await Promise.race([this.#work.release(this.#membership.tenures), atMost(JOIN_BEFORE_STOP_MS)]);
    // A client that ends while it joins becomes a member that nobody is: the join must end first, and leave.
    this.#givingUp.abort(new Error('it is about to end'));
    while (this.#joining !== undefined && Date.now() < joinDeadline) await delay(10);
    this.#stopping.abort();
    await this.#work.release(this.#membership.tenures);
    const { memberId } = this.#membership;
    // A static member comes back: the group keeps its partitions for it, for as long as its session lasts.
    if (memberId !== '' && instanceId === null) {
      const left = protocol
        .leave(memberId)
        .catch((error: unknown) => logger.debug(`leaving the group: ${messageOf(error)}`));
      await Promise.race([left, atMost(LEAVE_TIMEOUT_MS)]);
    }
    await Promise.race([this.#running, atMost(LEAVE_TIMEOUT_MS)]);
    const closed = disconnect().catch((error: unknown) => logger.debug(messageOf(error)));
    await Promise.race([closed, atMost(LEAVE_TIMEOUT_MS)]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    this.#heart.start();
    const settler = setInterval(() => void this.#work.settle(), this.#deps.commitEveryMs);
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      while (!this.#isStopping) {
        this.#rejoin = Promise.withResolvers();
        const mustJoinAgain = await this.#joinPersistently();
        if (!mustJoinAgain) await Promise.race([this.#rejoin.promise, stopped]);
      }
    } finally {
      this.#heart.stop();
      clearInterval(settler);
    }
  }

  /** Joins until it has joined. @returns whether it has to join again at once, because it gave something up */
  async #joinPersistently(): Promise<boolean> {
    const refused = new BackOff(REFUSED_BACK_OFF);
    const { signal } = this.#givingUp;
    const since = Date.now();
    for (;;) {
      let pauseMs = JOIN_AGAIN_MS;
      this.#touch();
      try {
        return await this.#joinOnce(since);
      } catch (error) {
        if (signal.aborted) return false;
        if (isLost(error)) this.#lose(error);
        if (isRebalance(error)) continue;
        if (await this.#obstacle.note(error)) pauseMs = refused.next();
        else this.#deps.logger.warn(`joining the group again: ${messageOf(error)}`);
        this.#deps.log.forget(error);
      }
      await pause(pauseMs, signal);
    }
  }

  async #joinOnce(since: number): Promise<boolean> {
    await this.#deps.connect();
    await this.#giveUpBeforeJoining();
    if (this.#isStopping) return false;
    const { signal } = this.#givingUp;
    signal.throwIfAborted();
    const joining = Promise.withResolvers<undefined>();
    this.#joining = joining;
    const hasEnded = (): void => {
      this.#joining = undefined;
      joining.resolve(undefined);
    };
    try {
      const assigned = await this.#joiner.join({
        signal,
        onSign: () => {
          this.#touch();
          this.#obstacle.noteWait(Date.now() - since);
        },
      });
      hasEnded();
      return await this.#take(assigned);
    } finally {
      hasEnded();
    }
  }

  /**
   * In an eager group all that is owned is given up before the join. In a cooperative one it is what balance is going to
   * take away in any case: one rebalance does then what takes two otherwise.
   */
  async #giveUpBeforeJoining(): Promise<void> {
    const { tenures } = this.#membership;
    if (tenures.length === 0) return;
    const most = this.#joiner.assignor?.isCooperative === true ? await this.#countFairShare() : 0;
    const surplus = tenures.slice(most);
    if (surplus.length === 0) return;
    this.#pausedSince ??= Date.now();
    await this.#work.release(surplus);
  }

  /** The most partitions that a member has when all have their share; all there are when nobody can say. */
  async #countFairShare(): Promise<number> {
    const { protocol, log } = this.#deps;
    const group = await protocol.describe().catch(() => undefined);
    return Math.ceil(log.readLeaders().size / Math.max(1, group?.members.length ?? 1));
  }

  /** Takes its assignment. @returns whether something had to be given up for it, so that others can have it */
  async #take(assigned: AssignedPartitions): Promise<boolean> {
    const { onAssigned, identity, logger } = this.#deps;
    const before = this.#membership.assigned;
    if (before !== undefined && before.memberId !== assigned.memberId) {
      logger.warn(
        `${identity.pod} was not heard for longer than its session, so the group went on without it; it is a new member now`,
      );
    }
    const { gained, revoked } = this.#isStopping
      ? this.#membership.takeNothing(assigned)
      : this.#membership.take(assigned);
    const partitions = [...assigned.partitions].sort((a, b) => a - b);
    const pauseMs = this.#pausedSince === undefined ? undefined : Date.now() - this.#pausedSince;
    this.#pausedSince = undefined;
    this.#obstacle.clear();
    this.#work.begin(gained);
    onAssigned({
      memberId: assigned.memberId,
      generation: assigned.generation,
      assignor: assigned.protocol,
      partitions,
      gained: partitions.filter((partition) => before?.partitions.includes(partition) !== true),
      lost: before?.partitions.filter((partition) => !partitions.includes(partition)) ?? [],
      pauseMs,
    });
    await this.#work.release(revoked);
    return revoked.length > 0;
  }

  /** The group went on without this member: what it owned may be another one's since. */
  #lose(error: unknown): void {
    // The coordinator has moved on to another generation, and still knows the member.
    const keepsId = typeOf(error) === 'ILLEGAL_GENERATION';
    this.#work.drop(this.#membership.lose(keepsId));
    if (isFenced(error)) this.#end();
  }

  /** Two processes under one instance id would fence each other for ever: the one that came first ends. */
  #end(): void {
    const { groupId, instanceId, identity, onFenced } = this.#deps;
    const who = `${identity.pod} is fenced: another process has joined group ${groupId} as its static member ${String(instanceId)}`;
    const reason = new AppError('already-running', `${who}. An instance id belongs to one process at a time`);
    this.#isStopping = true;
    this.#givingUp.abort(reason);
    this.#stopping.abort();
    onFenced(reason);
  }

  /** What the group says to a member that has spoken in its name. */
  #hear(error: unknown, of: MemberGeneration): void {
    if (!this.#isCurrent(of)) return;
    // While it joins, a generation may have begun of which it is not told yet. That it is no member any more is final.
    const isBetween = this.#joining !== undefined;
    if (isLost(error) && !(isBetween && typeOf(error) === 'ILLEGAL_GENERATION')) this.#lose(error);
    if (!isBetween && (isLost(error) || isRebalance(error))) this.#rejoin.resolve(undefined);
  }

  #isCurrent({ memberId, generation }: MemberGeneration): boolean {
    return memberId === this.#membership.memberId && generation === this.#membership.generation;
  }

  /** Beside everything else, so that a slow record does not cost the membership. */
  async #beat(): Promise<void> {
    const { identity } = this.#membership;
    if (identity === undefined || this.#joining !== undefined) return;
    if (this.#work.longestInHandMs(Date.now()) > MAX_PROCESSING_MS) return;
    try {
      await this.#deps.protocol.heartbeat(identity);
      this.#touch();
      // Not waited for: a broker that is silent must not keep the next heartbeat.
      this.#looking ??= this.#lookForPartitions().finally(() => (this.#looking = undefined));
    } catch (error) {
      this.#hear(error, identity);
    }
  }

  /** Not left to those who fetch: who owns nothing fetches nothing, and may lead the group all the same. */
  async #lookForPartitions(): Promise<void> {
    const { log } = this.#deps;
    await log.refresh(true).catch(() => undefined);
    if (this.#joiner.isOutdated(log.readLeaders().size)) this.#rejoin.resolve(undefined);
  }
}

/** A bound that keeps no process alive. */
function atMost(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}
