import { flushCompileCache } from 'node:module';
import { AppError, messageOf } from '../errors/app-error.ts';

/** A started service. */
export interface RunningService {
  readonly url: string;
  /** Ends it gracefully; a second call waits for the first. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on: the process ends with that. @default it goes on until it is stopped */
  readonly failed?: Promise<never>;
}

const EXIT_BAD_CONFIGURATION = 2;
const EXIT_FAILED = 1;

/**
 * What every service's entry file does: start, stop on SIGTERM or SIGINT, and exit with 0 after a graceful end,
 * 2 for an unusable environment, 1 for anything else.
 */
export async function runService(start: () => Promise<RunningService>): Promise<void> {
  let service: RunningService;
  try {
    service = await start();
  } catch (error) {
    fail(error);
    return;
  }
  const stop = (): void => {
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  service.failed?.catch(fail);
  // Where NODE_COMPILE_CACHE names a folder, the next replica starts sooner, also while this one runs.
  flushCompileCache();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): void {
  process.stderr.write(
    `${error instanceof AppError ? error.message : (error instanceof Error && error.stack) || messageOf(error)}\n`,
  );
  process.exit(
    error instanceof AppError && error.code === 'invalid-configuration' ? EXIT_BAD_CONFIGURATION : EXIT_FAILED,
  );
}
