import type { RequestHandler } from 'express';

/** For answers that are data: nothing in them may run or load anything. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers that keep browsers from misusing answers. No Strict-Transport-Security and no
 * upgrade-insecure-requests: the lab speaks plain HTTP.
 */
export const setSecurityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeader('Content-Security-Policy', API_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
  next();
};
