import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

/** More header lines than any honest client sends. */
export const MAX_HEADER_LINES = 100;

/** Refuses request targets and headers that later steps could misread. */
export const guardRequest: RequestHandler = (request, _response, next) => {
  // Before 24 Node silently drops lines past its own limit; a dropped Origin must not pass for a missing one.
  if (request.rawHeaders.length > 2 * MAX_HEADER_LINES) {
    throw new AppError('invalid-request', `The request has more than ${MAX_HEADER_LINES} header lines.`);
  }
  // RFC 9112, 3.2. Node would take the first of several.
  if (request.headersDistinct['host']?.length !== 1) {
    throw new AppError('invalid-request', 'The request must have one Host header.');
  }
  if (!request.url.startsWith('/')) {
    throw new AppError('invalid-request', 'The request target must be a path.');
  }
  if (!isWellEncoded(request.url)) {
    throw new AppError('invalid-request', 'The request target has a broken percent-encoding.');
  }
  next();
};

function isWellEncoded(target: string): boolean {
  try {
    decodeURIComponent(target);
    return true;
  } catch {
    return false;
  }
}
