import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

/** What pages of ours may load: everything comes from their own server, and nothing is written into them. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Sends a file of a page.
 *
 * @param caching value of Cache-Control
 */
export function createFileHandler(root: string, file: string, caching: string): RequestHandler {
  return (_request, response, next) => {
    response.set('Cache-Control', caching);
    if (file.endsWith('.html')) response.set('Content-Security-Policy', PAGE_POLICY);
    response.sendFile(file, { root, cacheControl: false }, (error) => {
      // A client that leaves during the transfer is no failure.
      if (!(error instanceof Error) || response.headersSent) return;
      response.set('Cache-Control', 'no-store');
      const isGone = 'status' in error && error.status === 404;
      next(isGone ? new AppError('not-found', `The page has no file ${file} any more.`, { cause: error }) : error);
    });
  };
}
