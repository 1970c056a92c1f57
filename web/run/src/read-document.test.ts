import { describe, expect, it } from '@jest/globals';
import { readRecordedRun } from '../../../test/run-page/recorded-runs.ts';
import { readDocument } from './read-document.ts';

describe('readDocument', () => {
  it('reads one run, or two and how they compare', () => {
    const run = readRecordedRun('pass');
    expect(readDocument(JSON.stringify([run]), 'null')).toEqual({ runs: [run] });
    const comparison = { verdict: 'both pass', circumstances: [], percentiles: [], checks: [] };
    const read = readDocument(JSON.stringify([run, run]), JSON.stringify(comparison));
    expect(read).toEqual({ runs: [run, run], comparison });
  });

  it.each([
    { json: '[]', says: 'no run' },
    { json: '{}', says: 'no run' },
    { json: '[{"format":1},{"format":1},{"format":1}]', says: 'there are 3' },
    { json: '[{"format":2}]', says: 'this one has 2' },
    { json: '[{"format":1},{"format":1}]', says: 'no comparison' },
  ])('refuses $json', ({ json, says }) => {
    expect(() => readDocument(json, 'null')).toThrow(says);
  });
});
