import path from 'node:path';
import type { Platform } from '../platforms/platform.ts';
import type { VerifyOnceOptions } from '../verify/runs/verify-once.ts';
import type { LabOptions } from './lab-settings.ts';

/** What a saved run says of the lab that it ran on, as far as it was told on the command line. */
export function describeLab(
  { name }: Pick<Platform, 'name'>,
  { data, partitions, consumerCommand, producer, consumer }: LabOptions,
): Pick<VerifyOnceOptions, 'settings' | 'dataDir'> {
  return {
    settings: {
      ...(partitions !== undefined && { partitions }),
      ...(consumerCommand !== undefined && { 'consumer command': consumerCommand }),
      ...prefix('producer', producer),
      ...prefix('consumer', consumer),
    },
    ...(name === 'local' && { dataDir: path.resolve(data) }),
  };
}

function prefix(workload: string, variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${workload} ${name}`, value]));
}
