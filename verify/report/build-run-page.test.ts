import { describe, expect, it } from '@jest/globals';
import { savedRunSchema, type SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildLongPlan } from '../../web/run/dev/saved-run-plans.ts';
import { buildSavedRun } from '../../web/run/dev/build-saved-run.ts';
import { buildRunPage, readRunPageTemplate } from './build-run-page.ts';

const TEMPLATE = `<title>Kafka lab: a run</title><script type="application/json" id="runs">
      []
    </script><p>end</p>`;

function readEmbedded(page: string): unknown {
  const [, json = ''] = /id="runs">(.*?)<\/script>/s.exec(page) ?? [];
  return JSON.parse(json);
}

describe('buildRunPage', () => {
  it('embeds the runs as they are', () => {
    const runs = [buildSavedRun(), buildSavedRun({ seed: 8, verdict: 'fail' })];
    expect(readEmbedded(buildRunPage(TEMPLATE, runs))).toEqual(runs);
  });

  it('says in its title which scenarios, and what came of them', () => {
    expect(buildRunPage(TEMPLATE, [buildSavedRun()])).toContain(
      '<title>scale-and-kill pass (scale-and-kill-7-pass) – Kafka lab</title>',
    );
  });

  it.each([
    { name: 'an end tag', text: '</script><script>alert(1)</script>' },
    { name: 'the beginning of a comment', text: '<!--<script>' },
    { name: 'separators of lines', text: 'a\u2028b\u2029c' },
    { name: 'what means something to replace', text: "$& $' $` $1" },
    { name: 'an entity', text: '&lt;&amp;"\'' },
  ])('lets no text out of where it stands: $name', ({ text }) => {
    const run: SavedRun = {
      ...buildSavedRun(),
      replicas: [text],
      scenario: { name: text, description: text, seed: 1 },
    };
    const page = buildRunPage(TEMPLATE, [run]);
    expect(page.match(/<\/?script/g)).toHaveLength(2);
    expect(page).not.toMatch(/[\u2028\u2029]|<!--/);
    expect(readEmbedded(page)).toEqual([run]);
    expect(page.endsWith('</script><p>end</p>')).toBe(true);
  });

  it.each(['<title>x</title>', '<script type="application/json" id="runs">[]</script>', ''])(
    'refuses a template without a place for them: %p',
    (template) => {
      expect(() => buildRunPage(template, [buildSavedRun()])).toThrow('no place');
    },
  );
});

describe('readRunPageTemplate', () => {
  it('says what builds the page when it is not built', async () => {
    const reading = readRunPageTemplate('/nowhere/run.html');
    await expect(reading).rejects.toMatchObject({ code: 'missing-requirement' });
    await expect(reading).rejects.toThrow('make page');
  });
});

describe('the runs that are made up', () => {
  it.each([
    { name: 'one that passes', run: buildSavedRun() },
    { name: 'one that fails', run: buildSavedRun({ verdict: 'fail' }) },
    { name: 'one that is cut short', run: buildSavedRun({ verdict: 'unknown' }) },
    { name: 'one of half an hour', run: buildSavedRun({ partitions: 60, plan: buildLongPlan(1) }) },
  ])('keep the form of a saved run: $name', ({ run }) => {
    expect(savedRunSchema.parse(run)).toEqual(run);
  });
});
