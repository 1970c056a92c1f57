import { describe, expect, it } from '@jest/globals';
import { renderTable } from './render-table.ts';

describe('renderTable', () => {
  it('writes units into heads, numbers with their decimals, and a dash for what was not measured', () => {
    const lines = renderTable({
      title: 'Pauses',
      columns: [{ name: 'what' }, { name: 'pause', unit: 'ms' }, { name: 'ratio', decimals: 2 }],
      rows: [
        ['join', 1234.4, 0.5],
        ['leave', null, NaN],
      ],
      notes: ['One run.'],
    });
    expect(lines).toEqual([
      '### Pauses',
      '',
      '| what | pause, ms | ratio |',
      '| --- | --- | --- |',
      '| join | 1,234 | 0.50 |',
      '| leave | – | – |',
      '',
      '- One run.',
    ]);
  });
});
