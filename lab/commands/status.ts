import type { Platform, Replica } from '../../lib/platform/platform.ts';
import { createLabObserver } from '../history/lab-observer.ts';
import { formatGroup } from '../report/format-group.ts';
import type { CommandContext } from './demo.ts';

/** Shows every replica, and how the group shares the partitions. */
export async function status(platform: Platform, { logger, print }: CommandContext): Promise<number> {
  const replicas = await platform.listReplicas();
  formatReplicas(replicas).forEach(print);
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

function formatReplicas(replicas: readonly Replica[]): string[] {
  const rows = [
    ['NAME', 'PHASE', 'RESTARTS', 'NODE', 'ADDRESS'],
    ...replicas.map(({ name, phase, restarts, node, url }) => [name, phase, String(restarts), node, url ?? '']),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
