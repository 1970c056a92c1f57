import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { buildInlinedPage } from './build-inlined-page.ts';

interface InlinePageOptions {
  /** Name of the one file that is written. */
  readonly file: string;
  /** What it may weigh, uncompressed: it is copied into every run. */
  readonly maxBytes: number;
}

const LICENSE = readFileSync(new URL('../../../node_modules/preact/LICENSE', import.meta.url), 'utf8');

/** Makes one file of the page, its script and its style sheet; the build fails when something is left beside it. */
export function inlinePage({ file, maxBytes }: InlinePageOptions): Plugin {
  return {
    name: 'inline-page',
    generateBundle: {
      // Last, because only then the HTML file is part of the bundle.
      order: 'post',
      handler(_options, bundle) {
        const parts = { html: '', script: '', style: '' };
        for (const [name, item] of Object.entries(bundle)) {
          if (item.type === 'chunk' && item.isEntry && item.imports.length === 0) parts.script += item.code;
          else if (item.type === 'asset' && name.endsWith('.html')) parts.html += toText(item.source);
          else if (item.type === 'asset' && name.endsWith('.css')) parts.style += toText(item.source);
          else this.error(`the page is to be one file, and ${name} would lie beside it`);
          Reflect.deleteProperty(bundle, name);
        }
        const source = buildInlinedPage(parts, `In this file: Preact.\n\n${LICENSE}`);
        const bytes = Buffer.byteLength(source);
        if (bytes > maxBytes) this.error(`the page of a run is ${bytes} bytes, and may be ${maxBytes}`);
        this.info(`${bytes} bytes, of ${maxBytes}`);
        this.emitFile({ type: 'asset', fileName: file, source });
      },
    },
  };
}

function toText(source: string | Uint8Array): string {
  return typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
}
