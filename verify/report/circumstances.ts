import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { runProgram } from '../../lib/process/run-program.ts';

/** Where and with what a benchmark ran. */
export interface Circumstances {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Describes the machine and the programs that take part.
 *
 * @param kafkaVersion as the brokers' platform tells it
 */
export async function describeCircumstances(kafkaVersion: string | undefined): Promise<Circumstances> {
  return {
    machine: {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: {
      node: process.versions.node,
      kafka: kafkaVersion ?? 'unknown',
      kafkajs: await readPackageVersion('kafkajs', 'kafka'),
      '@platformatic/kafka': await readPackageVersion('@platformatic/kafka', 'bench'),
      express: await readPackageVersion('express', 'lib'),
      java: await readJavaVersion(),
    },
  };
}

/** The version that a package of this project has installed. */
async function readPackageVersion(name: string, user: string): Promise<string> {
  const manifest = findPackageJSON(name, import.meta.resolve(`../../${user}/package.json`));
  if (manifest === undefined) return 'none';
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  return version;
}

async function readJavaVersion(): Promise<string> {
  const banner = await runProgram('java', ['-version']).catch(() => undefined);
  return /version "([^"]+)"/.exec(banner?.stderr ?? '')?.[1] ?? 'none';
}
