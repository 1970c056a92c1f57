import { defineConfig } from 'vite';
import { inlinePage } from './build/inline-page.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist-run',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
  },
  plugins: [inlinePage({ file: 'run.html', maxBytes: 120 * 1024 })],
});
