import { declareServiceVariables } from '../../lib/config/service-variables.ts';
import { integer } from '../../lib/config/variables.ts';
import { PORTS } from '../../lib/contracts/addresses.ts';

/** The producer's environment. */
export const PRODUCER_VARIABLES = {
  ...declareServiceVariables({ port: PORTS.producer }),
  HANDOVER_TIMEOUT_MS: integer(
    { min: 100, max: 120_000 },
    {
      description: 'how long a record may wait for a broker before it is answered 503, in milliseconds',
      default: '4000',
    },
  ),
  CONFIRM_TIMEOUT_MS: integer(
    { min: 100, max: 120_000 },
    {
      description:
        'how long a record handed to a broker may stay unconfirmed before it is answered 504, in milliseconds',
      default: '15000',
    },
  ),
  QUEUE_RECORDS: integer(
    { min: 1, max: 1_000_000 },
    { description: 'records that may wait for the brokers; more are answered 503', default: '10000' },
  ),
};
