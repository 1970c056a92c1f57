/** What is told to one replica of a service, over its own HTTP API. */
const CALL_TIMEOUT_MS = 3000;
const LOAD_ID = 'page';
const KEYS = 120;
/** The longest a load may have; it is begun again long before. */
const LONGEST_LOAD_SECONDS = 86_400;

interface Load {
  readonly id: string;
  readonly state: string;
  readonly ratePerSecond: number;
}

/** Makes the page's load of a producer have this rate in records per second; at 0 it is ended. A load of somebody else stays. */
export async function tellRate(url: string, ratePerSecond: number, signal: AbortSignal): Promise<void> {
  const running = await readLoad(url, signal);
  // Somebody's own load is theirs.
  if (running !== undefined && !running.id.startsWith(`${LOAD_ID}-`)) return;
  if (running?.ratePerSecond === ratePerSecond || (running === undefined && ratePerSecond === 0)) return;
  if (running !== undefined) await command({ url: `${url}/load`, method: 'DELETE', signal });
  if (ratePerSecond === 0) return;
  const id = `${LOAD_ID}-${Date.now().toString(36)}`;
  const load = { id, ratePerSecond, keys: KEYS, durationSeconds: LONGEST_LOAD_SECONDS };
  await command({ url: `${url}/load`, method: 'POST', body: load, signal });
}

/** Sets how long a consumer takes for a record. */
export async function tellProcessingDelay(url: string, delayMs: number, signal: AbortSignal): Promise<void> {
  await command({ url: `${url}/processing-delay`, method: 'PUT', body: { delayMs }, signal });
}

interface Call {
  readonly url: string;
  readonly method: string;
  readonly body?: object;
  readonly signal: AbortSignal;
}

async function readLoad(url: string, signal: AbortSignal): Promise<Load | undefined> {
  const response = await call({ url: `${url}/load`, method: 'GET', signal });
  if (!response.ok && response.status !== 404) throw new Error(`GET ${url}/load: ${String(response.status)}`);
  const load = (await response.json()) as Load;
  return response.ok && load.state === 'running' ? load : undefined;
}

async function command(what: Call): Promise<void> {
  const response = await call(what);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${what.method} ${what.url} was answered with ${String(response.status)}`);
}

function call({ url, method, body, signal }: Call): Promise<Response> {
  return fetch(url, {
    method,
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}
