import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findBundledPackages, readPackage, renderNotices } from './third-party-notices.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'notices-'));
});
afterEach(() => rm(root, { recursive: true }));

async function install(folder: string, files: Record<string, string>): Promise<void> {
  await mkdir(path.join(root, folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(root, folder, name), text);
}

function manifest(fields: object): Record<string, string> {
  return { 'package.json': JSON.stringify({ name: 'some-package', version: '1.0.0', ...fields }) };
}

function metafile(...inputs: string[]) {
  const entries = inputs.map((input) => [input, { bytesInOutput: 1 }]);
  const output = { bytes: 0, exports: [], imports: [], inputs: Object.fromEntries(entries) as object };
  return { inputs: {}, outputs: { 'main.js': { ...output, inputs: output.inputs as Record<string, never> } } };
}

describe('findBundledPackages', () => {
  it('lists a package once for each of its versions, sorted, with those that come as files', async () => {
    await install('node_modules/z', manifest({ name: 'z', version: '1.0.0' }));
    await install('node_modules/@scope/a', manifest({ name: '@scope/a' }));
    await install('lib/node_modules/z', manifest({ name: 'z', version: '2.0.0' }));
    await install('node_modules/z/node_modules/inner', manifest({ name: 'inner' }));
    await install('node_modules/served', manifest({ name: 'served' }));
    const packages = await findBundledPackages(
      root,
      metafile(
        'lib/ours.ts',
        'builtin:node:http',
        'node_modules/z/index.js',
        'node_modules/z/lib/more.js',
        'node_modules/z/node_modules/inner/index.js',
        'lib/node_modules/z/index.js',
        'node_modules/@scope/a/index.js',
      ),
      ['node_modules/served'],
    );
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      '@scope/a 1.0.0',
      'inner 1.0.0',
      'served 1.0.0',
      'z 1.0.0',
      'z 2.0.0',
    ]);
  });
});

describe('readPackage', () => {
  it.each([
    { says: { license: 'MIT' }, reads: 'MIT' },
    { says: { license: { type: 'BSD' } }, reads: 'BSD' },
    { says: { licenses: [{ type: 'MIT' }, { type: 'Apache-2.0' }] }, reads: 'MIT OR Apache-2.0' },
    { says: {}, reads: 'unknown' },
  ])('reads the licence of a package that says $says', async ({ says, reads }) => {
    await install('some', manifest(says));
    expect(await readPackage(path.join(root, 'some'))).toMatchObject({ license: reads });
  });

  it.each(['LICENSE', 'LICENCE', 'license.md', 'LICENSE-MIT', 'COPYING', 'NOTICE', 'bundle.js.LICENSE.txt'])(
    'passes the text of %s on',
    async (name) => {
      await install('some', { ...manifest({}), [name]: 'the text\r\n', 'licenses.js': 'code', 'README.md': 'words' });
      expect(await readPackage(path.join(root, 'some'))).toMatchObject({ texts: ['the text'] });
    },
  );
});

describe('renderNotices', () => {
  it('names the licence of a package that has no licence file', () => {
    const notices = renderNotices('producer', [{ name: 'bare', version: '3.2.1', license: 'ISC', texts: [] }]);
    expect(notices).toMatch(/^bare 3\.2\.1 \(ISC\)$/m);
    expect(notices).toMatch(/has no licence file\. Its package\.json says: ISC/);
  });
});
