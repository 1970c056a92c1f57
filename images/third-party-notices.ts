/** The licences of the packages that an image contains, as their authors ask to have them passed on. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metafile } from 'esbuild';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json names it; `unknown` when that says nothing. */
  readonly license: string;
  /** Its licence and notice files, by name. */
  readonly texts: readonly string[];
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
  readonly licenses?: readonly { readonly type?: string }[];
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice)\b|\.license\.txt$/i;
const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const RULE = '='.repeat(80);

/**
 * The packages that a bundle contains, and those in `folders` that come with it: each version once, sorted by name.
 * Paths are relative to `root`.
 */
export async function findBundledPackages(
  root: string,
  metafile: Metafile,
  folders: readonly string[],
): Promise<BundledPackage[]> {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const found = inputs.flatMap((input) => PACKAGE_FOLDER.exec(input)?.[1] ?? []);
  const packages = new Map<string, BundledPackage>();
  for (const folder of new Set([...found, ...folders])) {
    const bundled = await readPackage(path.join(root, folder));
    packages.set(`${bundled.name} ${bundled.version}`, bundled);
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bundled]) => bundled);
}

/** What a package's folder says of its licence. */
export async function readPackage(folder: string): Promise<BundledPackage> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Manifest;
  const names = (await readdir(folder)).filter((name) => LICENSE_FILE.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return {
    name: manifest.name ?? path.basename(folder),
    version: manifest.version ?? '',
    license: describeLicense(manifest),
    texts: texts.map((text) => text.replaceAll('\r\n', '\n').trim()),
  };
}

function describeLicense({ license, licenses }: Manifest): string {
  if (typeof license === 'string') return license;
  const types = [license, ...(licenses ?? [])].flatMap((entry) => entry?.type ?? []);
  return types.length > 0 ? types.join(' OR ') : 'unknown';
}

/** The notices as one text. */
export function renderNotices(service: string, packages: readonly BundledPackage[]): string {
  const opening = `The image of the ${service} contains the packages below, each under the licence that follows its name.`;
  return `${[opening, ...packages.map(renderPackage)].join('\n\n')}\n`;
}

function renderPackage({ name, version, license, texts }: BundledPackage): string {
  const body = texts.length > 0 ? texts : [`The package has no licence file. Its package.json says: ${license}`];
  return [`${RULE}\n${name} ${version} (${license})\n${RULE}`, ...body].join('\n\n');
}
