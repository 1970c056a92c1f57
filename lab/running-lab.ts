import type { Logger } from '../lib/log/create-logger.ts';
import type { ScenarioPlatform } from '../platforms/platform.ts';

/** A lab that a command was given. */
export interface RunningLab {
  readonly platform: ScenarioPlatform;
  /** Whether it was started for this command, and ends with it. */
  readonly isOwn: boolean;
  /** Folder of its data; none of a lab that keeps them itself. */
  readonly dataDir?: string;
  /** Resolves when somebody asked the lab to end: a signal, or `lab down`. */
  readonly endAsked: Promise<true>;
  /** Ends it, or gives it back as it was. */
  stop(): Promise<void>;
}

export interface RunLabOptions {
  /** @default { producer: 1, consumer: 1 } */
  readonly replicas?: { readonly producer: number; readonly consumer: number };
  readonly logger: Logger;
  readonly tell: (sentence: string) => void;
  /** Aborts when the user interrupts. */
  readonly interrupted: AbortSignal;
}
