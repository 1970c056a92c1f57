/**
 * What goes into a service's image: the service and its packages in one file, and beside it the few files that it
 * looks for at run time. The same sources give the same bytes, wherever the checkout is.
 */
import { readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { AppError } from '../lib/errors/app-error.ts';
import { findBundledPackages, readPackage, renderNotices } from './third-party-notices.ts';

export const SERVICES = ['producer', 'consumer', 'operator'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The content of each file by its path in the image's folder, sorted by path. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

export interface ServiceBundle {
  readonly files: BundleFiles;
  /** What esbuild says it has put in. */
  readonly metafile: Metafile;
}

const ROOT = path.join(import.meta.dirname, '..');

/**
 * Packages that the services resolve at run time, and the files that they need of them. Swagger UI is served as files;
 * of kafkajs, which is in the bundle, kafka asks the version.
 */
const RESOLVED_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  kafkajs: [],
  'swagger-ui-dist': [
    'LICENSE',
    'NOTICE',
    'favicon-32x32.png',
    'swagger-ui-bundle.js',
    'swagger-ui-bundle.js.LICENSE.txt',
    'swagger-ui.css',
  ],
};

/** The built page that the operator serves. */
const PAGE_DIR = 'web/dist';

/**
 * Bundles `services/<name>/main.ts`, in memory.
 *
 * @throws AppError `missing-requirement` when the operator's page is not built
 * @throws esbuild's BuildFailure when a source does not compile
 */
export async function bundleService(name: ServiceName): Promise<ServiceBundle> {
  const { outputFiles, metafile } = await build({
    ...BUILD_OPTIONS,
    entryPoints: [`services/${name}/main.ts`],
    // Never written there: the map then names the sources as the repository does.
    outfile: path.join(ROOT, 'main.js'),
  });
  const page = name === 'operator' ? await readPage() : [];
  const resolved = [...Object.keys(RESOLVED_PACKAGES), ...(page.length > 0 ? await readPagePackages() : [])].map(
    (folder) => `node_modules/${folder}`,
  );
  const packages = await findBundledPackages(ROOT, metafile, resolved);
  const files = new Map<string, Uint8Array>([
    ...outputFiles.map((file): [string, Uint8Array] => [path.basename(file.path), file.contents]),
    ['package.json', encodeJson({ type: 'module' })],
    ['LICENSE', await readFile(path.join(ROOT, 'LICENSE'))],
    ['THIRD-PARTY-NOTICES.txt', Buffer.from(renderNotices(name, packages))],
    ...(await readResolvedPackages()),
    ...page,
  ]);
  return { files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))), metafile };
}

/** CommonJS packages ask for modules of Node.js by `require`, which an ES module does not have. */
const DEFINE_REQUIRE = `const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);`;

/** A source map that says of a whole file only which file it is. */
const FILE_NAME_ONLY = `\n//# sourceMappingURL=data:application/json,${encodeURIComponent(
  JSON.stringify({ version: 3, sources: [''], mappings: 'AAAA' }),
)}`;

/**
 * An ES module that imports a module of Node.js makes it evaluate all its lazy exports: `node:http` then loads all of
 * undici, 26 ms of the start. `require` leaves them alone.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path: specifier, kind }) =>
      kind === 'import-statement' && isBuiltin(specifier) ? { path: specifier, namespace: 'builtin' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path: specifier }) => ({
      contents: `module.exports = require(${JSON.stringify(specifier)});`,
    }));
  },
};

/** zod offers its messages in fifty languages, 0.4 MB; the services speak English, which it brings anyway. */
const omitLocales: Plugin = {
  name: 'omit-locales',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export {};',
    }));
  },
};

/**
 * The map of all packages is ten times as large, and where it is used it takes 60 MB of memory.
 * Ours are the lines that matter.
 */
const mapOwnSources: Plugin = {
  name: 'map-own-sources',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.(c|m)?js$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, 'utf8')) + FILE_NAME_ONLY,
      loader: 'js',
    }));
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.json$/ }, async ({ path: file }) => ({
      contents: `module.exports = ${await readFile(file, 'utf8')}${FILE_NAME_ONLY}`,
      loader: 'js',
    }));
  },
};

const BUILD_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  write: false,
  metafile: true,
  logLevel: 'silent',
  banner: { js: DEFINE_REQUIRE },
  plugins: [requireBuiltins, omitLocales, mapOwnSources],
  // Names stay: stack traces show them, also without the map. Lines stay short enough to be found by their number.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  // Traces name file and line of our sources; their text is in the repository.
  sourcemap: 'linked',
  sourcesContent: false,
  // What a package says in its code beside its licence file stays in the bundle.
  legalComments: 'eof',
} as const satisfies BuildOptions;

async function readResolvedPackages(): Promise<[string, Uint8Array][]> {
  const files: [string, Uint8Array][] = [];
  for (const [name, contents] of Object.entries(RESOLVED_PACKAGES)) {
    const folder = `node_modules/${name}`;
    const { version, license } = await readPackage(path.join(ROOT, folder));
    files.push([`${folder}/package.json`, encodeJson({ name, version, license })]);
    for (const file of contents) files.push([`${folder}/${file}`, await readFile(path.join(ROOT, folder, file))]);
  }
  return files;
}

/** The packages that are in the page: what it depends on, and what builds it is none of it. */
async function readPagePackages(): Promise<string[]> {
  const { dependencies } = JSON.parse(await readFile(path.join(ROOT, 'web', 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  return Object.keys(dependencies);
}

async function readPage(): Promise<[string, Uint8Array][]> {
  const entries = await readdir(path.join(ROOT, PAGE_DIR), { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  if (!names.includes(`${PAGE_DIR}/index.html`)) {
    throw new AppError('missing-requirement', 'the live page is not built yet: `make page` builds it');
  }
  return Promise.all(names.map(async (name) => [name, await readFile(path.join(ROOT, name))] as [string, Uint8Array]));
}

function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
