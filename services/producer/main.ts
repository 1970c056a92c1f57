/** Entry of the producer: the environment in, a service out. */
import { parseConfig } from '../../lib/config/parse-config.ts';
import { runService } from '../../lib/service/run-service.ts';
import { PRODUCER_VARIABLES } from './config.ts';
import { startProducer } from './start-producer.ts';

await runService(async () => startProducer(parseConfig(PRODUCER_VARIABLES, process.env)));
