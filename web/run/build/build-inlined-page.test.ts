import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { buildInlinedPage } from './build-inlined-page.ts';

const HTML = `<!doctype html>
<html>
  <head>
    <meta charset="utf-8" />
    <script type="module" crossorigin src="./assets/index.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/index.css">
  </head>
  <body></body>
</html>`;

describe('buildInlinedPage', () => {
  it('holds script and style instead of naming them, and allows them by their hashes only', () => {
    const page = buildInlinedPage({ html: HTML, script: 'run($&);\n', style: 'a{b:c}\n' }, 'notice');
    expect(page).not.toContain('assets/');
    expect(page).toContain('<script type="module">run($&);</script>');
    expect(page).toContain('<style>a{b:c}</style>');
    const hash = createHash('sha256').update('run($&);').digest('base64');
    expect(page).toContain(`script-src 'sha256-${hash}'`);
    expect(page).toContain("default-src 'none'");
    expect(page.startsWith('<!doctype html>\n<!--\nnotice\n-->')).toBe(true);
  });

  it('states the policy before anything that it is about', () => {
    const page = buildInlinedPage({ html: HTML, script: 'run()', style: 'a{}' }, 'notice');
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
  });

  it('lets no string in the script end its element', () => {
    const page = buildInlinedPage({ html: HTML, script: 'write("</script><!--")', style: '' }, 'notice');
    expect(page).toContain('write("\\x3c/script>\\x3c!--")');
  });

  it.each([
    { name: 'a style sheet with an end tag', parts: { html: HTML, script: '', style: '</style>' }, notice: '' },
    { name: 'a notice that would end its comment', parts: { html: HTML, script: '', style: '' }, notice: 'a --> b' },
    { name: 'a page without a head', parts: { html: '<!doctype html>', script: '', style: '' }, notice: '' },
  ])('refuses $name', ({ parts, notice }) => {
    expect(() => buildInlinedPage(parts, notice)).toThrow();
  });
});
