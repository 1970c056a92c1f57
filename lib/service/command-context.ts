import type { Logger } from '../log/create-logger.ts';

/** What every command of the lab gets beside its options. */
export interface CommandContext {
  readonly logger: Logger;
  readonly print: (line: string) => void;
  /** Aborts when the user interrupts. */
  readonly interrupted: AbortSignal;
}
