/*
 * Writes the pages of recorded runs, and of long ones made of them, to look at:
 *   make page && node test/run-page/write-samples.ts DIRECTORY
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSamplePages } from './sample-pages.ts';

const folder = process.argv[2] ?? 'dist/run-page';
mkdirSync(folder, { recursive: true });
for (const [name, page] of await buildSamplePages()) {
  const file = path.join(folder, `${name}.html`);
  writeFileSync(file, page);
  console.log(`${file} ${Math.round(Buffer.byteLength(page) / 1024)} KiB`);
}
