import { describe, expect, it } from '@jest/globals';
import { buildSavedRun } from '../dev/build-saved-run.ts';
import { readRuns } from './read-runs.ts';

describe('readRuns', () => {
  it('reads one run or two', () => {
    const run = buildSavedRun();
    expect(readRuns(JSON.stringify([run]))).toEqual([run]);
    expect(readRuns(JSON.stringify([run, run]))).toHaveLength(2);
  });

  it.each([
    { json: '[]', says: 'no run' },
    { json: '{}', says: 'no run' },
    { json: '[{"format":1},{"format":1},{"format":1}]', says: 'there are 3' },
    { json: '[{"format":2}]', says: 'this one has 2' },
  ])('refuses $json', ({ json, says }) => {
    expect(() => readRuns(json)).toThrow(says);
  });
});
