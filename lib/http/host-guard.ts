import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { AppError } from '../errors/app-error.ts';

/**
 * Refuses requests addressed to names that are not ours. A page that rebinds its own name to this machine
 * (DNS rebinding) passes every same-origin rule of the browser, but its requests still carry that name.
 * Addresses cannot be rebound, so all of them pass: probes and Prometheus come by the pod's address.
 *
 * @param allowedHosts names without port, beside `localhost`
 */
export function createHostGuard(allowedHosts: readonly string[]): RequestHandler {
  const names = new Set(['localhost', ...allowedHosts.map(normalizeName)]);
  return (request, _response, next) => {
    const name = parseHostName(request.headers.host);
    if (name === undefined || !(names.has(name) || isIP(name) !== 0)) {
      const given = JSON.stringify(request.headers.host?.slice(0, 100));
      throw new AppError('forbidden-host', `The host ${given} is not a name of this server.`);
    }
    next();
  };
}

/** The name or address in a Host header, lower case, without port, brackets and the root's dot. */
export function parseHostName(host: string | undefined): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? '');
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? undefined : normalizeName(name);
}

function normalizeName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
