import { Command } from '@commander-js/extra-typings';
import type { CommandLine } from '../command-line.ts';
import { contextOption, dataOption, foundPlatformOption } from './options.ts';
import { connectPlatform } from '../platforms.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { Platform } from '../../platforms/platform.ts';
import { createLabObserver } from '../../verify/history/lab-observer.ts';
import { formatGroup } from '../../verify/report/format-group.ts';
import { renderTextTable } from '../../verify/report/render-text-table.ts';
import type { CommandContext } from '../../lib/service/command-context.ts';

export function declareStatus({ run, context }: CommandLine, connect = connectPlatform) {
  return new Command('status')
    .description('show every replica, and how the group shares the partitions')
    .addOption(dataOption)
    .addOption(foundPlatformOption)
    .addOption(contextOption)
    .action((options) => run(async () => status(await connect(options, context.logger), context)));
}

/** Shows every replica, and how the group shares the partitions. */
async function status(platform: Platform, { logger, print }: CommandContext): Promise<number> {
  const replicas = await platform.listReplicas();
  formatReplicas(replicas, platform.hasLastingUrls).forEach(print);
  const observer = createLabObserver({ brokers: platform.addresses.kafka, logger });
  try {
    const view = await observer.inspectGroup();
    print('');
    print(
      `group ${view.groupId} on ${view.topic}: ${view.state}${view.assignor === null ? '' : `, assigned by ${view.assignor}`}`,
    );
    formatGroup(view).forEach(print);
  } finally {
    await observer.close();
  }
  return 0;
}

function formatReplicas(replicas: readonly Replica[], hasLastingUrls: boolean): string[] {
  // On Kubernetes a replica is reached through this process only, which is about to end.
  const place = hasLastingUrls ? ['NODE', 'ADDRESS'] : ['NODE', 'ZONE'];
  const rows = [
    ['NAME', 'PHASE', 'RESTARTS', ...place],
    ...replicas.map(({ name, phase, restarts, node, zone, url }) => [
      name,
      phase,
      String(restarts),
      node,
      (hasLastingUrls ? url : zone) ?? '',
    ]),
  ];
  return renderTextTable(rows);
}
