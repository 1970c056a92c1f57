import type { ValuesOf } from '../../lib/config/parse-config.ts';
import { declareServiceVariables } from '../../lib/config/service-variables.ts';
import { integer, oneOf, optionalText, text } from '../../lib/config/variables.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';
import { APP_GROUP, DEAD_LETTERS_TOPIC, RECEIPTS_TOPIC } from '../../lib/contracts/topics.ts';

/** The consumer's environment. */
export const CONSUMER_VARIABLES = {
  ...declareServiceVariables({ port: PORTS.consumer }),
  GROUP_ID: text({ description: 'consumer group to join', default: APP_GROUP }),
  RECEIPTS_TOPIC: text({ description: 'topic of the ledger', default: RECEIPTS_TOPIC }),
  DEAD_LETTERS_TOPIC: text({ description: 'topic for records that are no messages', default: DEAD_LETTERS_TOPIC }),
  ASSIGNOR: oneOf(['cooperative-sticky', 'sticky', 'round-robin'], {
    description: 'assignor that the member prefers',
    default: 'cooperative-sticky',
  }),
  GROUP_INSTANCE_ID: optionalText({
    description: 'id of a static member, which keeps its partitions while it restarts; without one it is dynamic',
  }),
  PROCESSING_DELAY_MS: integer(
    { min: 0, max: 240_000 },
    { description: 'how long processing a record takes, in milliseconds', default: '0' },
  ),
  PARTITION_CONCURRENCY: integer(
    { min: 1, max: 1000 },
    { description: 'partitions processed at the same time', default: '16' },
  ),
  COMMIT_EVERY_RECORDS: integer(
    { min: 1, max: 100_000 },
    { description: 'records of a partition that may be processed without a commit', default: '5000' },
  ),
  COMMIT_EVERY_MS: integer(
    { min: 10, max: 60_000 },
    { description: 'longest time between processing a record and its commit, in milliseconds', default: '500' },
  ),
  SESSION_TIMEOUT_MS: integer(
    { min: 6000, max: 1_800_000 },
    { description: 'silence after which the group goes on without a member, in milliseconds', default: '10000' },
  ),
  HEARTBEAT_INTERVAL_MS: integer(
    { min: 100, max: 60_000 },
    {
      description: 'how often a member speaks to the group, in milliseconds; up to three times as often while it works',
      default: '300',
    },
  ),
  REBALANCE_TIMEOUT_MS: integer(
    { min: 1000, max: 1_800_000 },
    { description: 'how long the group waits for its members in a rebalance, in milliseconds', default: '15000' },
  ),
  LOG_LINES_PER_SECOND: integer(
    { min: 0, max: 100_000 },
    { description: 'lines for messages a second, the others are counted; 0 writes them all', default: '20' },
  ),
};

/** What the variables say, parsed. */
export type ConsumerConfig = ValuesOf<typeof CONSUMER_VARIABLES>;
