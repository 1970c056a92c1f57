import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';
import { createFileHandler } from './file-handler.ts';

/** Names of files in this folder change with their content. */
const ASSETS = 'assets/';

/**
 * The files of a built page by the routes they are served at. The folder is read once; what is not in it then, or hidden,
 * is not served.
 *
 * @throws AppError `missing-requirement` when the page was not built
 */
export async function readPageFiles(dir: string): Promise<ReadonlyMap<string, RequestHandler>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((file) => !/(^|\/)\./.test(file));
  const handle = (file: string): RequestHandler =>
    createFileHandler(dir, file, file.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (!files.includes('index.html')) {
    throw new AppError('missing-requirement', 'the live page is not built yet: `make page` builds it');
  }
  return new Map(files.map((file) => [file === 'index.html' ? '/' : formatRoute(file), handle(file)]));
}

/** A path as browsers spell it, in the language of Express, in which some characters mean something. */
function formatRoute(file: string): string {
  const url = new URL('http://page');
  url.pathname = file.replaceAll('%', '%25').replaceAll('\\', '%5C');
  return url.pathname.replace(/[{}()[\]+?!:*]/g, '\\$&');
}
