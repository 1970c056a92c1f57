import { Argument, Command } from '@commander-js/extra-typings';
import { LARGEST_SCALE } from '../../lib/contracts/largest-scale.ts';
import { SCALABLE_WORKLOADS } from '../../lib/contracts/replica.ts';
import { requireCapability } from '../../platforms/platform.ts';
import type { CommandLine } from '../command-line.ts';
import { connectPlatform } from '../platforms.ts';
import { parseCount } from '../lab-settings.ts';
import { contextOption, dataOption, foundPlatformOption } from './options.ts';

export function declareScale({ run, context }: CommandLine, connect = connectPlatform) {
  return new Command('scale')
    .description('set the number of replicas')
    .addOption(dataOption)
    .addOption(foundPlatformOption)
    .addOption(contextOption)
    .addArgument(new Argument('<workload>').choices(SCALABLE_WORKLOADS))
    .argument('<replicas>')
    .action((workload, replicas, options) =>
      run(async () => {
        const count = parseCount('<replicas>', replicas, { min: 0, max: LARGEST_SCALE });
        const platform = await connect(options, context.logger);
        requireCapability(platform, 'scale');
        await platform.scale(workload, count);
        return 0;
      }),
    );
}
