/** Writes the tables of the docs that are decided in the code. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fillTables } from './fill-tables.ts';
import { DOCS_DIR, DOCS_TABLES } from './tables.ts';

for (const [name, tables] of Map.groupBy(DOCS_TABLES, ({ file }) => file)) {
  const file = path.join(DOCS_DIR, name);
  const text = readFileSync(file, 'utf8');
  const filled = fillTables(text, tables);
  if (filled === text) continue;
  writeFileSync(file, filled);
  console.log(`docs/${name}`);
}
