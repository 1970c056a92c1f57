import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { describeWrong } from '../lib/wording/wording.ts';
import { buildApp } from './build-app.ts';
import { parseSettings } from './settings.ts';

/*
 * Synthesizes the manifests of one environment:
 *   node cdk8s/main.ts [ENVIRONMENT] [--output DIR] [--image NAME=IMAGE]...
 * ENVIRONMENT is a file of cdk8s/environments, kind by default. Its manifests go to dist/, those of another one to
 * dist/ENVIRONMENT/, so that `kubectl apply -f dist/` always means kind. --image stands before the environment's
 * `images.NAME`: whoever builds images knows their tags. Exit code 2: settings or arguments are wrong.
 */

const DEFAULT_ENVIRONMENT = 'kind';
const MANIFEST_EXTENSION = '.k8s.yaml';

try {
  const { environment, output, images } = readArguments(process.argv.slice(2));
  // Settings and charts may refuse: nothing is removed before both are content.
  const app = buildApp(parseSettings(withImages(readEnvironment(environment), images)), { outdir: output });
  removeManifests(output);
  app.synth();
  const written = readdirSync(output).filter(isManifest);
  console.log(`${environment}: ${String(written.length)} manifests in ${relative(process.cwd(), output) || '.'}/`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}

interface Arguments {
  readonly environment: string;
  readonly output: string;
  /** Images by their names in the settings. */
  readonly images: Readonly<Record<string, string>>;
}

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { output: { type: 'string' }, image: { type: 'string', multiple: true } },
  });
  const [environment = DEFAULT_ENVIRONMENT, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`one environment at a time, not ${positionals.join(' and ')}`);
  const dist = join(import.meta.dirname, '..', 'dist');
  return {
    environment,
    output: values.output ?? (environment === DEFAULT_ENVIRONMENT ? dist : join(dist, environment)),
    images: Object.fromEntries((values.image ?? []).map(parseImage)),
  };
}

function parseImage(given: string): [string, string] {
  const [, name, image] = /^(\w+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || image === undefined)
    throw new Error(describeWrong('--image', given, 'it must be NAME=IMAGE'));
  return [name, image];
}

/** Settings that are no mapping stay as they are: what reads them says so. */
function withImages(settings: unknown, images: Readonly<Record<string, string>>): unknown {
  if (Object.keys(images).length === 0) return settings;
  const given: unknown = settings ?? {};
  if (typeof given !== 'object' || given === null) return settings;
  const own: unknown = Reflect.get(given, 'images');
  return { ...given, images: { ...(typeof own === 'object' ? own : {}), ...images } };
}

function readEnvironment(environment: string): unknown {
  const folder = join(import.meta.dirname, 'environments');
  const file = join(folder, `${environment}.yaml`);
  const known = readdirSync(folder).map((name) => name.replace(/\.yaml$/, ''));
  if (!known.includes(environment)) {
    throw new Error(`there is no environment ${JSON.stringify(environment)}, only ${known.join(', ')}`);
  }
  return parse(readFileSync(file, 'utf8'));
}

/** What an earlier synth left would be applied with the rest. */
function removeManifests(folder: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(isManifest)) rmSync(join(folder, name));
}

function isManifest(name: string): boolean {
  return name.endsWith(MANIFEST_EXTENSION);
}
