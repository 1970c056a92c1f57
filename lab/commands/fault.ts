import { Command } from '@commander-js/extra-typings';
import type { FaultKind } from '../../lib/contracts/replica.ts';
import { requireCapability } from '../../platforms/platform.ts';
import type { CommandLine } from '../command-line.ts';
import { connectPlatform } from '../platforms.ts';
import { contextOption, dataOption, foundPlatformOption } from './options.ts';

const DESCRIPTIONS: Readonly<Record<FaultKind, string>> = {
  kill: 'SIGKILL; it starts again by itself',
  pause: 'SIGSTOP, until resume',
  resume: 'SIGCONT',
  stop: 'end it, until start',
  start: 'start what was stopped',
};

/** Every kind of fault is a command of its own. */
export function declareFaults(line: CommandLine, connect = connectPlatform) {
  const kinds = Object.keys(DESCRIPTIONS) as FaultKind[];
  return kinds.map((kind) => declareFault(kind, line, connect));
}

function declareFault(kind: FaultKind, { run, context }: CommandLine, connect: typeof connectPlatform) {
  return new Command(kind)
    .description(DESCRIPTIONS[kind])
    .addOption(dataOption)
    .addOption(foundPlatformOption)
    .addOption(contextOption)
    .argument('<replica>')
    .action((target, options) =>
      run(async () => {
        const platform = await connect(options, context.logger);
        requireCapability(platform, 'faults');
        await platform.inject({ kind, target });
        return 0;
      }),
    );
}
