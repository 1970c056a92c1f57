import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fillTables } from '../docs/fill-tables.ts';
import { DOCS_DIR, DOCS_TABLES } from '../docs/tables.ts';

/** What the docs list is what the code decides; `make docs` writes it anew. */
describe('the tables of the docs', () => {
  it.each([...Map.groupBy(DOCS_TABLES, ({ file }) => file)])('are as the code has them: docs/%s', (file, tables) => {
    const text = readFileSync(path.join(DOCS_DIR, file), 'utf8');
    expect(fillTables(text, tables)).toBe(text);
  });
});
