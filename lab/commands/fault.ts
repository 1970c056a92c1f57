import { Command } from '@commander-js/extra-typings';
import { FAULT_KINDS, FAULT_MEANINGS, type FaultKind } from '../../lib/contracts/replica.ts';
import { requireCapability } from '../../platforms/platform.ts';
import type { CommandLine } from '../command-line.ts';
import { connectPlatform } from '../platforms.ts';
import { contextOption, dataOption, foundPlatformOption } from './options.ts';

/** Every kind of fault is a command of its own. */
export function declareFaults(line: CommandLine, connect = connectPlatform) {
  return FAULT_KINDS.map((kind) => declareFault(kind, line, connect));
}

function declareFault(kind: FaultKind, { run, context }: CommandLine, connect: typeof connectPlatform) {
  return new Command(kind)
    .description(FAULT_MEANINGS[kind])
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
