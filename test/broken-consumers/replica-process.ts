/** What every broken consumer is to whoever starts it: a replica that is told by variables what it works on. */
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

/** Answers the readiness probe, where somebody asks for it. */
export function serveReadiness(isReady: () => boolean): void {
  const { HOST, PORT } = process.env;
  if (PORT === undefined) return;
  createServer((request, response) => {
    response.writeHead(request.url === '/health/ready' && isReady() ? 200 : 503).end();
  }).listen(Number(PORT), HOST);
}

/** The fault that `--fault` names; `none` without it. */
export function readFault<Fault extends string>(faults: readonly Fault[]): Fault {
  const { values } = parseArgs({ options: { fault: { type: 'string', default: 'none' } } });
  const found = faults.find((name) => name === values.fault);
  if (found === undefined) throw new Error(`--fault is one of ${faults.join(', ')}, not ${values.fault}`);
  return found;
}

export function readVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
