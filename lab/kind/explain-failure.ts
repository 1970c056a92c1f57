import { messageOf } from '../../lib/errors/app-error.ts';
import { runKubectl } from './kind-lab.ts';

const EVENTS = 15;
const LOG_LINES = 10;
const PODS_WITH_LOGS = 5;

interface PodStatus {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

/** What a person would look up first: the pods, the latest warnings, and the last log lines of pods that are not ready. */
export async function explainFailure(): Promise<readonly string[]> {
  return [
    ...(await look('pods', ['get', 'pods', '--output', 'wide'])),
    ...(await look(
      'latest warnings',
      ['get', 'events', '--field-selector=type=Warning', '--sort-by=.lastTimestamp'],
      EVENTS,
    )),
    ...(await lookAtLogs()),
  ];
}

async function lookAtLogs(): Promise<readonly string[]> {
  const pods = await runKubectl(['get', 'pods', '--output', 'json']).then(
    (list) => (JSON.parse(list) as { items: PodStatus[] }).items,
    () => [],
  );
  const unready = pods.filter(
    ({ status }) => status.phase !== 'Succeeded' && !(status.containerStatuses ?? []).every(({ ready }) => ready),
  );
  const lines: string[] = [];
  for (const { metadata, status } of unready.slice(0, PODS_WITH_LOGS)) {
    const tail = `--tail=${String(LOG_LINES)}`;
    lines.push(...(await look(`log of ${metadata.name}`, ['logs', metadata.name, tail])));
    if ((status.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0)) {
      lines.push(
        ...(await look(`log of ${metadata.name} before its restart`, ['logs', metadata.name, tail, '--previous'])),
      );
    }
  }
  return lines;
}

async function look(title: string, args: readonly string[], last = Infinity): Promise<readonly string[]> {
  const said = await runKubectl(args).catch((error: unknown) => messageOf(error));
  const lines = said.trimEnd().split('\n');
  const shown = last === Infinity ? lines : lines.slice(-last);
  return ['', `${title}:`, ...shown.map((line) => `  ${line}`)];
}
