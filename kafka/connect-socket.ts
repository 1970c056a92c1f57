import { lookup } from 'node:dns';
import { connect, type LookupFunction, type Socket } from 'node:net';

/** Shorter than a connection may take: what was in the way is known then. */
const LOOKUP_TIMEOUT_MS = 2500;
const KEEP_ALIVE_MS = 60_000;

/**
 * Connects as kafkajs does, but says so when it is the name that cannot be resolved: without name servers the system
 * asks for longer than anybody waits, and all that is heard of it is that the connection took too long.
 *
 * @param resolve how names are resolved
 */
export function connectSocket(
  { host, port, onConnect }: { readonly host: string; readonly port: number; readonly onConnect: () => void },
  resolve: LookupFunction = lookup,
): Socket {
  const socket = connect({ host, port, lookup: limitLookup(resolve) }, onConnect);
  // Whoever gives up a connection that is still being made has kafkajs wait for it once more, as often as it is told.
  socket.setMaxListeners(0);
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

/** The same look-up, that fails when it takes too long. */
export function limitLookup(resolve: LookupFunction, timeoutMs = LOOKUP_TIMEOUT_MS): LookupFunction {
  return (hostname, options, callback) => {
    let answer: typeof callback | undefined = callback;
    const finish: typeof callback = (...result) => {
      clearTimeout(timer);
      answer?.(...result);
      answer = undefined;
    };
    const timer = setTimeout(() => {
      finish(new Error(`the name ${hostname} could not be resolved within ${String(timeoutMs)} ms`), []);
    }, timeoutMs);
    resolve(hostname, options, finish);
  };
}
