import { get } from 'node:http';

const EVERY_MS = 5000;
const TIMEOUT_MS = 2000;

/** Asks a service whether it is ready, every 5 s over a new connection, as a kubelet does. @returns what ends it */
export function probeReadiness(url: string): () => void {
  const timer = setInterval(() => {
    const request = get(`${url}/health/ready`, { agent: false, timeout: TIMEOUT_MS }, (response) => response.resume());
    request.on('timeout', () => request.destroy());
    // Whether it answers is not what is measured.
    request.on('error', () => undefined);
  }, EVERY_MS);
  return () => clearInterval(timer);
}
