import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bundleService, SERVICES, type ServiceBundle } from './bundle-service.ts';

// The first bundle of a process takes seconds, more beside other tests.
jest.setTimeout(30_000);

const ROOT = path.join(import.meta.dirname, '..');

describe.each(SERVICES)('the bundle of the %s', (name) => {
  let bundle: ServiceBundle;
  beforeAll(async () => {
    bundle = await bundleService(name);
  });

  const readText = (file: string): string => Buffer.from(bundle.files.get(file) ?? '').toString();

  it('has the files that the service needs, and no more', () => {
    const page = [...bundle.files.keys()].filter((file) => file.startsWith('web/dist/'));
    expect(page.includes('web/dist/index.html')).toBe(name === 'operator');
    expect([...bundle.files.keys()].filter((file) => !page.includes(file))).toEqual([
      'LICENSE',
      'THIRD-PARTY-NOTICES.txt',
      'main.js',
      'main.js.map',
      'node_modules/kafkajs/package.json',
      'node_modules/swagger-ui-dist/LICENSE',
      'node_modules/swagger-ui-dist/NOTICE',
      'node_modules/swagger-ui-dist/favicon-32x32.png',
      'node_modules/swagger-ui-dist/package.json',
      'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
      'node_modules/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt',
      'node_modules/swagger-ui-dist/swagger-ui.css',
      'package.json',
    ]);
  });

  it('has the same bytes when it is made again', async () => {
    const again = await bundleService(name);
    for (const [file, content] of bundle.files) {
      expect([file, Buffer.compare(again.files.get(file) ?? Buffer.of(), content)]).toEqual([file, 0]);
    }
  });

  it('does not say where the checkout was', () => {
    for (const content of bundle.files.values()) expect(Buffer.from(content).includes(ROOT)).toBe(false);
  });

  it('leads from its lines to those of our sources, and from a package to its file', () => {
    const map = new SourceMap(JSON.parse(readText('main.js.map')) as SourceMapPayload);
    const lines = readText('main.js').split('\n');
    // Identifiers are never broken into two lines, and are declared before they are used.
    const findDeclaration = (name: string) => {
      const line = lines.findIndex((candidate) => candidate.includes(name));
      return map.findEntry(line, lines[line]?.indexOf(name) ?? 0);
    };
    expect(findDeclaration('runService')).toMatchObject({ originalSource: 'lib/service/run-service.ts' });
    expect(findDeclaration('KafkaJSConnectionClosedError')).toMatchObject({
      originalSource: 'node_modules/kafkajs/src/errors.js',
    });
  });

  it('names every package that esbuild has put in, and Swagger UI, which lies beside', () => {
    const notices = readText('THIRD-PARTY-NOTICES.txt');
    const inputs = Object.keys(bundle.metafile.outputs['main.js']?.inputs ?? {});
    const packages = new Set(
      inputs
        .filter((input) => input.includes('node_modules/'))
        .map((input) => {
          const [scopeOrName = '', name = ''] = (input.split('node_modules/').at(-1) ?? '').split('/');
          return scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName;
        }),
    );
    expect([...packages]).toEqual(expect.arrayContaining(['express', 'kafkajs', 'pino', 'zod', '@opentelemetry/api']));
    const noticed = [...notices.matchAll(/^={80}\n(\S+) \S+ \(.+\)\n={80}$/gm)].map(([, name]) => name);
    const ofPage = name === 'operator' ? ['preact', 'uplot'] : [];
    expect(noticed).toEqual([...packages, 'swagger-ui-dist', ...ofPage].sort());
  });
});
