import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { AppError } from '../lib/errors/app-error.ts';
import { startBenchCluster, type BenchCluster } from './bench-cluster.ts';
import { CACHE_DIR } from '../lab/lab-settings.ts';
import { connectKubernetesPlatform } from '../platforms/kubernetes/kubernetes-platform.ts';
import { locateJars } from '../platforms/local/ensure-jars.ts';
import { readKafkaVersion } from '../platforms/local/read-kafka-version.ts';
import { describeCircumstances } from '../verify/report/circumstances.ts';
import { renderPage, renderSection } from './render-page.ts';
import type { SuiteResult } from './result.ts';
import type { Suite } from './suite.ts';
import { SUITES } from './suites.ts';
import type { BenchOptions } from '../lab/commands/bench.ts';
import type { CommandContext } from '../lib/service/command-context.ts';

/**
 * Runs benchmarks, prints their tables, and keeps the results. The page is made anew from every result that is kept.
 *
 * @throws AppError `invalid-request` for a name that no suite has
 */
export async function runSuites({ names, ...options }: BenchOptions, context: CommandContext): Promise<number> {
  const suites = chooseSuites(names, options.platform ?? 'local');
  const out = path.resolve(options.out);
  await mkdir(out, { recursive: true });
  const shared = {
    lab: options,
    rounds: options.rounds,
    logger: context.logger,
    tell: context.print,
    signal: context.interrupted,
  };
  let cluster: Promise<BenchCluster> | undefined;
  const openCluster = (): Promise<BenchCluster> =>
    (cluster ??= startBenchCluster({ ...shared, dataDir: path.resolve(options.data) }));
  try {
    for (const suite of suites) {
      context.interrupted.throwIfAborted();
      context.print(`bench ${suite.name}: ${suite.description}`);
      const started = { at: new Date(), load: loadavg()[0] ?? NaN };
      const tables = await suite.run({ ...shared, openCluster });
      const result: SuiteResult = {
        suite: suite.name,
        command: ['npm run lab -- bench', suite.name, ...describeRounds(options.rounds)].join(' '),
        startedAt: started.at.toISOString(),
        tookSeconds: (Date.now() - started.at.getTime()) / 1000,
        loadBefore: started.load,
        ...(await describeCircumstances(await readVersion(suite, options, context).catch(() => undefined))),
        tables,
      };
      await writeFile(path.join(out, `${suite.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
      renderSection(result).forEach(context.print);
    }
  } finally {
    await (await cluster?.catch(() => undefined))?.stop();
  }
  await writeFile(`${out}.md`, renderPage(await readResults(out)));
  context.print(`written: ${path.relative(process.cwd(), out)}.md`);
  return 0;
}

/** Of the brokers that a suite was run on; what was measured on them is kept also when they do not answer any more. */
async function readVersion(
  { platform }: Suite,
  options: Pick<BenchOptions, 'data' | 'context'>,
  { logger }: CommandContext,
): Promise<string | undefined> {
  if (platform === 'local') return readKafkaVersion(await locateJars(CACHE_DIR));
  const { context } = options;
  const lab = await connectKubernetesPlatform({ ...(context !== undefined && { context }), logger });
  try {
    return await lab.readKafkaVersion?.();
  } finally {
    await lab.close();
  }
}

function describeRounds(rounds: number | undefined): string[] {
  return rounds === undefined ? [] : ['--rounds', String(rounds)];
}

function chooseSuites(names: readonly string[], platform: string): readonly Suite[] {
  if (names.length === 0) return SUITES.filter((suite) => suite.platform === platform);
  return names.map((name) => {
    const suite = SUITES.find((candidate) => candidate.name === name);
    if (suite !== undefined) return suite;
    const known = SUITES.map((candidate) => candidate.name).join(', ');
    throw new AppError('invalid-request', `there is no benchmark ${name}; there are ${known}`);
  });
}

async function readResults(out: string): Promise<readonly SuiteResult[]> {
  const results = await Promise.all(
    SUITES.map(async ({ name }) => {
      const text = await readFile(path.join(out, `${name}.json`), 'utf8').catch(() => undefined);
      return text === undefined ? [] : [JSON.parse(text) as SuiteResult];
    }),
  );
  return results.flat();
}
