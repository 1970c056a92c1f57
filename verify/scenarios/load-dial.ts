import type { Platform } from '../../platforms/platform.ts';
import type { Journal } from '../history/journal.ts';
import { toAnswers, toInvocations } from '../history/operation-lines.ts';
import { driveLoad, type SteadyLoadDriver } from '../workload/drive-load.ts';

/** The load of a run, which begins with the first rate that is set. */
export interface LoadDial {
  /** Records a second from now on; the keys are those of the first call. */
  set(ratePerSecond: number, keys: number): void;
  /** Sends no more, and waits for the answers under way. */
  stop(): Promise<void>;
}

/** A load whose every request and answer is in the journal. */
export function createLoadDial(platform: Pick<Platform, 'addresses'>, runId: string, journal: Journal): LoadDial {
  let driver: SteadyLoadDriver | undefined;
  return {
    set(ratePerSecond, keys) {
      if (driver !== undefined) {
        driver.setRate(ratePerSecond);
        return;
      }
      driver = driveLoad({
        url: platform.addresses.producer,
        runId,
        ratePerSecond,
        keys,
        listener: {
          invoked: (batch) => toInvocations(batch).forEach((line) => journal.write(line)),
          answered: (batch) => toAnswers(batch, Date.now()).forEach((line) => journal.write(line)),
        },
      });
    },
    async stop() {
      await driver?.stop();
    },
  };
}
