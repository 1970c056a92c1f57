import { describe, expect, it } from '@jest/globals';
import { savedRunSchema, type SavedRun } from '../../lib/contracts/saved-run.ts';
import { buildLongRun } from '../../test/run-page/long-runs.ts';
import { readRecordedRun } from '../../test/run-page/recorded-runs.ts';
import { buildRunPage, readRunPageTemplate } from './build-run-page.ts';
import { compareRuns } from './compare-runs.ts';

const TEMPLATE = `<title>Kafka lab: a run</title><script type="application/json" id="runs">
      []
    </script><p>end</p>`;

const RUN = readRecordedRun('pass');

function readEmbedded(page: string, id = 'runs'): unknown {
  const [, json = 'null'] = new RegExp(`id="${id}">(.*?)</script>`, 's').exec(page) ?? [];
  return JSON.parse(json);
}

describe('buildRunPage', () => {
  it('embeds a run as it is', () => {
    const page = buildRunPage(TEMPLATE, [RUN]);
    expect(readEmbedded(page)).toEqual([RUN]);
    expect(readEmbedded(page, 'comparison')).toBeNull();
  });

  it('embeds two runs as they are, and how they compare', () => {
    const other = readRecordedRun('fail');
    const page = buildRunPage(TEMPLATE, [RUN, other]);
    expect(readEmbedded(page)).toEqual([RUN, other]);
    expect(readEmbedded(page, 'comparison')).toEqual(compareRuns(RUN, other));
  });

  it('says in its title which scenarios, and what came of them', () => {
    expect(buildRunPage(TEMPLATE, [RUN])).toContain(`<title>scale-and-kill pass (${RUN.runId}) – Kafka lab</title>`);
  });

  it.each([
    { name: 'an end tag', text: '</script><script>alert(1)</script>' },
    { name: 'the beginning of a comment', text: '<!--<script>' },
    { name: 'separators of lines', text: 'a\u2028b\u2029c' },
    { name: 'what means something to replace', text: "$& $' $` $1" },
    { name: 'an entity', text: '&lt;&amp;"\'' },
  ])('lets no text out of where it stands: $name', ({ text }) => {
    const run: SavedRun = {
      ...RUN,
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
      expect(() => buildRunPage(template, [RUN])).toThrow('no place');
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

describe('the runs of which sample pages are made', () => {
  it.each([
    { name: 'one that passes', run: RUN },
    { name: 'one that fails', run: readRecordedRun('fail') },
    { name: 'one that is cut short', run: readRecordedRun('unknown') },
    { name: 'one of half an hour', run: buildLongRun() },
  ])('keep the form of a saved run: $name', ({ run }) => {
    expect(savedRunSchema.parse(run)).toEqual(run);
  });
});
