import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails the build when everything together, compressed, is more than a slow network should carry. */
export function limitSize(maxBytes: number): Plugin {
  return {
    name: 'limit-size',
    generateBundle: {
      // Last, because only then the HTML file is part of the bundle.
      order: 'post',
      handler(_options, bundle) {
        const sizes = Object.values(bundle).map(
          (file) => gzipSync(file.type === 'chunk' ? file.code : file.source).length,
        );
        const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
        if (totalBytes > maxBytes) {
          this.error(`the page is ${totalBytes} bytes compressed, and may be ${maxBytes}`);
        }
        this.info(`${totalBytes} bytes compressed, of ${maxBytes}`);
      },
    },
  };
}
