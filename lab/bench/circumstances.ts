import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import type { Circumstances } from './result.ts';

const run = promisify(execFile);
const KAFKA_VERSION = '3.9.2';

/** Describes the machine and the programs that take part. */
export async function describeCircumstances(): Promise<Circumstances> {
  return {
    machine: {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: {
      node: process.versions.node,
      kafka: KAFKA_VERSION,
      kafkajs: await readPackageVersion('kafkajs'),
      express: await readPackageVersion('express'),
      java: await readJavaVersion(),
    },
  };
}

/** The version that `lib` has installed, whose packages the services use. */
async function readPackageVersion(name: string): Promise<string> {
  const lib = createRequire(import.meta.resolve('../../lib/package.json'));
  const { version } = JSON.parse(await readFile(lib.resolve(`${name}/package.json`), 'utf8')) as { version: string };
  return version;
}

async function readJavaVersion(): Promise<string> {
  const banner = await run('java', ['-version']).catch(() => undefined);
  return /version "([^"]+)"/.exec(banner?.stderr ?? '')?.[1] ?? 'none';
}
