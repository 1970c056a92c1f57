import { createHash } from 'node:crypto';

export interface PageParts {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/**
 * A page whose script and style sheet are in it, under a policy that runs these two by their hashes and loads nothing.
 *
 * @param notice stands in a comment at the top
 * @throws when a part cannot be inlined as it is
 */
export function buildInlinedPage({ html, script, style }: PageParts, notice: string): string {
  // A parser ends the element at these, wherever they stand; in a string or a pattern the escaped form means the same.
  const inlineScript = script.trim().replaceAll(/<(?=\/script|!--|script)/gi, '\\x3c');
  const inlineStyle = style.trim();
  if (/<\/style/i.test(inlineStyle)) throw new Error('the style sheet has an end tag in it');
  if (notice.includes('--')) throw new Error('a comment cannot hold this notice');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(inlineScript)}'`,
    `style-src '${hashOf(inlineStyle)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    `<style>${inlineStyle}</style>`,
    `<script type="module">${inlineScript}</script>`,
  ].join('\n    ');
  const bare = html
    .replace(/\s*<script\b[^>]*\bsrc=[^>]*><\/script>/g, '')
    .replace(/\s*<link\b[^>]*\brel="(?:stylesheet|modulepreload)"[^>]*>/g, '');
  const withHead = insertAfter(bare, '<meta charset="utf-8" />', `\n    ${head}`);
  return insertAfter(withHead, '<!doctype html>', `\n<!--\n${notice.trim()}\n-->`);
}

/** The browser hashes exactly what stands between the tags. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function insertAfter(html: string, mark: string, text: string): string {
  const at = html.indexOf(mark);
  if (at < 0) throw new Error(`the page has no ${mark}`);
  const end = at + mark.length;
  return html.slice(0, end) + text + html.slice(end);
}
