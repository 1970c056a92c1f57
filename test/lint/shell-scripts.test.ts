import { describe, expect, it } from '@jest/globals';
import { extractRunParts, selectScripts } from './shell-scripts.ts';

describe('selectScripts', () => {
  const select = (files: Record<string, string>) =>
    selectScripts(Object.entries(files).map(([name, text]) => ({ name, text }))).map(({ name }) => name);

  it('takes what a shell runs, whatever its name is', () => {
    const files = {
      'charts/wait.sh': '#!/bin/sh\n',
      '.ci/run': '#!/usr/bin/env bash\n',
      'main.py': '#!/usr/bin/env python3\n',
      'notes.md': 'Write #!/bin/sh first.\n',
    };
    expect(select(files)).toEqual(['charts/wait.sh', '.ci/run']);
  });

  it('leaves out what is read along with the script that sources it', () => {
    const launcher = '#!/bin/sh\n. "$(dirname "$0")/supervise.sh"\n';
    expect(select({ 'charts/launch.sh': launcher, 'charts/supervise.sh': '#!/bin/sh\n' })).toEqual([
      'charts/launch.sh',
    ]);
  });
});

describe('extractRunParts', () => {
  const extract = (...steps: string[]) =>
    extractRunParts({
      name: 'ci.yaml',
      text: ['jobs:', '  test:', '    steps:', ...steps.map((step) => `      - ${step}`)].join('\n'),
    });

  it('gives each with its place, as a script that ends at the first failure', () => {
    expect(extract('uses: actions/checkout', 'run: make test')).toEqual([
      { name: 'ci.yaml, job test, step 2', text: '#!/bin/bash -e\nmake test' },
    ]);
  });

  it('has a word of the same length where an expression stands', () => {
    expect(extract('run: echo ${{ a.b }} end')).toMatchObject([{ text: '#!/bin/bash -e\necho __________ end' }]);
  });

  it('leaves other shells to themselves', () => {
    expect(extract('{ run: print(1), shell: python }')).toEqual([]);
  });

  it('reads a job that has no steps of its own', () => {
    expect(extractRunParts({ name: 'ci.yaml', text: 'jobs: { test: { uses: ./other.yaml } }' })).toEqual([]);
  });
});
