import { Command } from '@commander-js/extra-typings';
import { kindDown } from '../kind/kind-down.ts';
import { buildAndDeploy, kindUp } from '../kind/kind-up.ts';
import { openShell } from '../kind/open-shell.ts';
import type { CommandLine } from '../command-line.ts';

/** @param nodeImage of the cluster's nodes; that of kind itself when there is none */
export function declareKindUp({ run, context }: CommandLine, nodeImage: string | undefined, perform = kindUp) {
  return new Command('kind-up')
    .description('make a kind cluster with the lab on it, as far as it is not there yet')
    .action(() => run(() => perform(nodeImage, context)));
}

export function declareKindDown({ run, context }: CommandLine, perform = kindDown) {
  return new Command('kind-down')
    .description('remove the kind cluster with all its data')
    .action(() => run(() => perform(context)));
}

export function declareDeploy({ run, context }: CommandLine, perform = buildAndDeploy) {
  return new Command('deploy')
    .description('build the images and bring the lab on the kind cluster up to date')
    .action(() =>
      run(async () => {
        if (!(await perform(context))) context.print('nothing to change: the lab runs as it should');
        return 0;
      }),
    );
}

export function declareShell({ run }: CommandLine, perform = openShell) {
  return new Command('shell')
    .description('open a shell in a client pod with the tools of Kafka')
    .argument('[command...]', 'run instead of a shell')
    .passThroughOptions()
    .action((command) => run(() => perform(command, process.stdin.isTTY)));
}
