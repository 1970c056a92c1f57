import type { VerifyOnceOptions } from '../verify/runs/verify-once.ts';
import type { LabOptions } from './lab-settings.ts';
import type { RunningLab } from './running-lab.ts';

/** What a saved run says of the lab that it ran on, as far as it was told on the command line. */
export function describeLab(
  { dataDir }: Pick<RunningLab, 'dataDir'>,
  { partitions, consumerCommand, producer, consumer }: LabOptions,
): Pick<VerifyOnceOptions, 'settings' | 'dataDir'> {
  return {
    settings: {
      ...(partitions !== undefined && { partitions }),
      ...(consumerCommand !== undefined && { 'consumer command': consumerCommand }),
      ...prefix('producer', producer),
      ...prefix('consumer', consumer),
    },
    ...(dataDir !== undefined && { dataDir }),
  };
}

function prefix(workload: string, variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${workload} ${name}`, value]));
}
