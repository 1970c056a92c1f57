import { expect } from '@jest/globals';
import type { Judgement } from '../../verify/checks/judge.ts';
import { runUnderLoad } from '../integration/run-under-load.ts';
import { typeWell } from '../typed-command.ts';
import type { ConnectedLab } from './connect-lab.ts';
import { watchIsr, type IsrSeen } from './watch-isr.ts';

/** What a fault did to the lab, measured while load ran. */
export interface FaultRun {
  readonly title: string;
  /** From the fault to what `act` waited for, in seconds. */
  readonly tookSeconds: number;
  readonly judgement: Judgement;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  readonly processedTwice: number;
  readonly isr: IsrSeen;
  /** Container restarts of all pods that are there before and after. */
  readonly restarts: number;
  readonly note: string;
}

/**
 * Drives numbered load, does something to the lab, and judges the run.
 *
 * @param act returns when what it did is over and mended; what it returns goes into the table as a note
 */
export async function runFault(
  lab: ConnectedLab,
  title: string,
  replicas: number,
  act: () => Promise<string | undefined>,
): Promise<FaultRun> {
  const before = await countContainerRestarts();
  const watch = watchIsr(lab.platform.addresses.kafka);
  let tookSeconds = 0;
  let note = '';
  try {
    const { judgement, outcomes } = await runUnderLoad(lab, replicas, async () => {
      const startedAt = Date.now();
      note = (await act()) ?? '';
      tookSeconds = (Date.now() - startedAt) / 1000;
    });
    const after = await countContainerRestarts();
    const duplicates = judgement.checks.find(({ name }) => name === 'duplicates');
    return {
      title,
      tookSeconds,
      judgement,
      acknowledged: outcomes['ok'] ?? 0,
      refused: outcomes['fail'] ?? 0,
      unknown: outcomes['unknown'] ?? 0,
      processedTwice: duplicates?.measurements['processedTwiceRecords'] ?? 0,
      isr: await watch.stop(),
      restarts: [...after].reduce((sum, [uid, count]) => sum + count - (before.get(uid) ?? 0), 0),
      note,
    };
  } finally {
    await watch.stop();
  }
}

export function expectPass({ judgement, acknowledged }: FaultRun): void {
  expect(judgement.checks.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(judgement.verdict).toBe('pass');
  expect(acknowledged).toBeGreaterThan(100);
}

async function countContainerRestarts(): Promise<ReadonlyMap<string, number>> {
  const list = await typeWell('kubectl get pods -o json');
  const { items } = JSON.parse(list) as {
    items: { metadata: { uid: string }; status: { containerStatuses?: { restartCount: number }[] } }[];
  };
  return new Map(
    items.map(({ metadata, status }) => [
      metadata.uid,
      (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
    ]),
  );
}
