import type { SavedRun } from '../../../../lib/contracts/saved-run.ts';

/** What a shell takes as it is; anything else is quoted, because the name came with the document. */
const PLAIN = /^[\w./:@=,-]+$/;

/** The command that does what a run did, once more, with all that was set for it. */
export function buildRepeatCommand({
  scenario,
  platform,
  settings,
}: Pick<SavedRun, 'scenario' | 'platform' | 'settings'>): string {
  const options = settings.flatMap(({ name, value }) => readOption(name, value));
  const words = [scenario.file ?? scenario.name, '--seed', String(scenario.seed), '--platform', platform, ...options];
  return `npm run lab -- verify ${words.map(quote).join(' ')}`;
}

function readOption(name: string, value: string): readonly string[] {
  if (name === 'partitions') return ['--partitions', value];
  if (name === 'consumer command') return ['--consumer-command', value];
  const [workload, variable] = name.split(' ');
  if (variable === undefined || (workload !== 'producer' && workload !== 'consumer')) return [];
  return [`--${workload}`, `${variable}=${value}`];
}

function quote(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
