import type { Logger } from '../../lib/log/create-logger.ts';
import type { Assignor } from '../assignor/assignors.ts';
import { explainRefusal } from './explain-refusal.ts';
import { explainStall, isStalled } from './explain-stall.ts';
import type { GroupProtocol } from './group-protocol.ts';

interface ObstacleOptions {
  readonly groupId: string;
  readonly identity: { readonly pod: string };
  readonly assignors: readonly Assignor[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocol: GroupProtocol;
  readonly logger: Logger;
}

/** Why a member is none for longer than joining takes: logged once, however long it lasts. */
export class JoinObstacle {
  readonly #options: ObstacleOptions;
  #reason: string | null = null;

  constructor(options: ObstacleOptions) {
    this.#options = options;
  }

  /** In words; null while there is none. */
  get reason(): string | null {
    return this.#reason;
  }

  /** @returns whether the error says that the group does not take the member until somebody changes something */
  async note(error: unknown): Promise<boolean> {
    const { assignors, protocol } = this.#options;
    const refusal = await explainRefusal(error, {
      ...this.#options,
      assignors: assignors.map((assignor) => assignor.protocol),
      describe: () => protocol.describe(),
    });
    if (refusal !== undefined) this.#set(refusal);
    return refusal !== undefined;
  }

  /** The coordinator has not answered a join for so long. */
  noteWait(forMs: number): void {
    const { groupId, rebalanceTimeoutMs: longestTimeoutMs, protocol } = this.#options;
    if (!isStalled({ forMs, longestTimeoutMs })) return;
    this.#set(explainStall({ groupId, coordinator: protocol.coordinator, forMs, longestTimeoutMs }));
  }

  clear(): void {
    this.#reason = null;
  }

  #set(reason: string): void {
    const isSaid = this.#reason !== null;
    this.#reason = reason;
    if (!isSaid) this.#options.logger.warn(`${this.#options.identity.pod} cannot join: ${reason}`);
  }
}
