import { renderTable } from '../verify/report/render-table.ts';
import type { SuiteResult } from './result.ts';

/** One section of the page: a suite's tables, under which circumstances they were measured, and what repeats them. */
export function renderSection(result: SuiteResult): readonly string[] {
  const { suite, command, startedAt, tookSeconds, loadBefore, machine, versions, tables } = result;
  return [
    `## ${suite}`,
    '',
    `\`${command}\` repeats it. Measured on ${startedAt.slice(0, 10)} in ${(tookSeconds / 60).toFixed(1)} minutes, ` +
      `load average before ${loadBefore.toFixed(1)}, on ${listPairs(machine)}; ${listPairs(versions)}.`,
    '',
    ...tables.flatMap((table) => [...renderTable(table), '']),
  ];
}

function listPairs(pairs: Readonly<Record<string, string | number>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

const INTRODUCTION = `# Performance

Written by \`make bench\` (\`npm run lab -- bench\`) from the results in [performance/](performance/), which hold the same
numbers as JSON. Benchmarks measure and judge nothing; the tests that guard ratios against losses are in
\`test/integration/ratios.test.ts\`. What is behind the numbers, which hot spots were found and where the limits are, is in
[performance-notes.md](performance-notes.md).

Absolute numbers hold for the machine they were measured on, where brokers, services, clients and the load share the cores.
What carries over are the ratios: what stands in one table was measured in turn, on the same brokers, in one run.
`;

/** The whole page. */
export function renderPage(results: readonly SuiteResult[]): string {
  return `${INTRODUCTION}\n${results.flatMap(renderSection).join('\n').trimEnd()}\n`;
}
