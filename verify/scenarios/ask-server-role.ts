import { AppError } from '../../lib/errors/app-error.ts';
import type { Replica } from '../../lib/contracts/replica.ts';
import type { Platform } from '../../platforms/platform.ts';
import { readServerRole, type ServerRole } from '../../platforms/zookeeper/four-letter-word.ts';

/** Through the API server of a cluster an answer takes more than a second. */
const TIMEOUT_MS = 10_000;

/**
 * The role of a ZooKeeper server in its ensemble; undefined while it does not serve.
 *
 * @throws AppError `unsupported-by-platform` where servers cannot be reached
 */
export async function askServerRole(
  { addresses }: Pick<Platform, 'addresses'>,
  { ordinal }: Replica,
): Promise<ServerRole | undefined> {
  const address = addresses.zookeeper[ordinal ?? -1];
  if (address === undefined) {
    throw new AppError('unsupported-by-platform', 'the ZooKeeper servers cannot be asked from here who leads');
  }
  const { hostname, port } = new URL(`tcp://${address}`);
  return readServerRole(hostname, Number(port), TIMEOUT_MS);
}
