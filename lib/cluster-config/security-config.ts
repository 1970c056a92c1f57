import { renderProperties } from './properties.ts';

/**
 * Security properties of a JVM whose peers are pods: an address is asked for again after a second, and not after 30 s,
 * or 10 s when there was none. A pod that comes back has another address; until then all connect to nobody, and an
 * election whose winner has just been replaced cannot end.
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/doc-files/net-properties.html
 */
export function renderSecurityConfig(): string {
  return renderProperties({ 'networkaddress.cache.ttl': 1, 'networkaddress.cache.negative.ttl': 1 });
}
