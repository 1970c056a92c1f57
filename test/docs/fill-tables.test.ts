import { describe, expect, it } from '@jest/globals';
import { fillTables } from './fill-tables.ts';

const table = {
  file: 'some.md',
  name: 'fruit',
  heads: ['name', 'what'],
  rows: [
    ['apple', 'red'],
    ['pear', 'green or yellow'],
  ],
};
const begin = '<!-- table fruit, written by `make docs` -->';

describe('fillTables', () => {
  it('replaces what stands between the markers, each column as wide as its widest cell', () => {
    const filled = fillTables(`before\n\n${begin}\n\n| old |\n\n<!-- end -->\n\nafter\n`, [table]);
    expect(filled).toBe(
      [
        'before',
        '',
        begin,
        '',
        '| name  | what            |',
        '| ----- | --------------- |',
        '| apple | red             |',
        '| pear  | green or yellow |',
        '',
        '<!-- end -->',
        '',
        'after',
        '',
      ].join('\n'),
    );
    expect(fillTables(filled, [table])).toBe(filled);
  });

  it('refuses a table without a place, and a place without a table', () => {
    expect(() => fillTables('nothing', [table])).toThrow('there is no place for the table fruit');
    expect(() => fillTables(`${begin}\n<!-- end -->`, [])).toThrow('there is no table fruit');
  });
});
