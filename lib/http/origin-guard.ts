import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses writes that come from pages of other origins: browsers send such requests without asking when
 * they look like a form's. Clients that are not browsers send no Origin and pass.
 */
export const guardOrigin: RequestHandler = (request, _response, next) => {
  const { origin, host } = request.headers;
  if (!SAFE_METHODS.has(request.method) && origin !== undefined && !isSameHost(origin, host)) {
    throw new AppError('forbidden-origin', 'Pages of another origin may not write here.');
  }
  next();
};

function isSameHost(origin: string, host: string | undefined): boolean {
  const { protocol, host: originHost } = URL.parse(origin) ?? {};
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  // The browser leaves the scheme's default port out of Origin; parsing drops it from Host as well.
  return originHost === URL.parse(`${protocol}//${host ?? ''}`)?.host;
}
