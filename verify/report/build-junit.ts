import type { SavedRun } from '../../lib/contracts/saved-run.ts';
import { describeUnplanned } from './list-rebalances.ts';

/**
 * A run as JUnit XML, one test case per check, for the pipelines that show it. What cannot be judged is an error there:
 * a skipped test is taken for a good one.
 */
export function buildJunit({ scenario, platform, checks, rebalances, startedAt, endedAt }: SavedRun): string {
  const suite = `${scenario.name}, seed ${String(scenario.seed)}, ${platform}`;
  const count = (verdict: string): string => String(checks.filter((check) => check.verdict === verdict).length);
  const seconds = ((endedAt - startedAt) / 1000).toFixed(3);
  const cases = checks.map(({ name, verdict, summary, evidence }) => {
    const open = `    <testcase classname="${escape(`kafka-lab.${scenario.name}`)}" name="${escape(name)}" time="0">`;
    const shown = evidence.map((piece) => JSON.stringify(piece)).join('\n');
    const tag = verdict === 'fail' ? 'failure' : 'error';
    const body =
      verdict === 'pass'
        ? `<system-out>${escape(summary)}</system-out>`
        : `<${tag} message="${escape(summary)}">${escape(shown)}</${tag}>`;
    return `${open}${body}</testcase>`;
  });
  const unplanned = describeUnplanned(rebalances);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escape(suite)}" tests="${String(checks.length)}" failures="${count('fail')}" errors="${count('unknown')}" skipped="0" time="${seconds}" timestamp="${new Date(startedAt).toISOString().slice(0, 19)}">`,
    ...cases,
    ...(unplanned.length === 0 ? [] : [`    <system-out>${escape(unplanned.join('\n'))}</system-out>`]),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function escape(text: string): string {
  return (
    text
      // What XML 1.0 has no way to write.
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
