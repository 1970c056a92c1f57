import { Command } from '@commander-js/extra-typings';
import path from 'node:path';
import { connectLocalPlatform } from '../../platforms/local/connect-local-platform.ts';
import type { CommandLine } from '../command-line.ts';
import { dataOption } from './options.ts';

export function declareDown({ run }: CommandLine, connect = connectLocalPlatform) {
  return new Command('down')
    .description('end the local lab that runs')
    .addOption(dataOption)
    .action(({ data }) =>
      run(async () => {
        const platform = await connect(path.resolve(data));
        await platform.stop();
        return 0;
      }),
    );
}
