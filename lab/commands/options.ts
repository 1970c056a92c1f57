/** Options that several commands take. */
import path from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { CONTEXT } from '../../lib/contracts/addresses.ts';
import { PLATFORM_NAMES } from '../../lib/contracts/platform-name.ts';
import { CACHE_DIR, collectVariable, DEFAULT_DATA_DIR } from '../lab-settings.ts';

export const dataOption = new Option('--data <dir>', 'folder of the lab’s data').default(
  DEFAULT_DATA_DIR,
  '.lab/local',
);

/** Of a command for a lab that runs already. */
export const foundPlatformOption = new Option('--platform <which>', 'where the lab runs')
  .choices(['auto', ...PLATFORM_NAMES])
  .default('auto', 'wherever one runs');

export const platformOption = new Option('--platform <which>', 'where the lab runs')
  .choices(PLATFORM_NAMES)
  .default('local');

export const contextOption = new Option('--context <name>', 'the kubectl context of a lab on Kubernetes').default(
  CONTEXT,
);

export const runsOption = new Option('--out <dir>', 'folder of the saved runs').default(
  path.join(CACHE_DIR, 'runs'),
  '.lab/runs',
);

/** How the ports of a lab are chosen, fixed unless a command says otherwise. */
export const portsOption = (byDefault: 'fixed' | 'auto') =>
  new Option('--ports <which>', 'fixed, as in the README, or auto: any that are free').default(byDefault);

export const freshOption = new Option('--fresh', 'begin with empty data');

// What the services of a lab are told when it starts.
export const partitionsOption = new Option(
  '--partitions <number>',
  'partitions of app; more than there are raises them',
);

export const producerOption = new Option(
  '--producer <NAME=VALUE>',
  'a variable of the producers; may be given again',
).argParser(collectVariable);

export const consumerOption = new Option(
  '--consumer <NAME=VALUE>',
  'a variable of the consumers; may be given again',
).argParser(collectVariable);

export const consumerCommandOption = new Option(
  '--consumer-command <command line>',
  'run this instead of the lab’s consumer, in any language',
);
