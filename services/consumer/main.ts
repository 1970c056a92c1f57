/** Entry of the consumer: the environment in, a service out. */
import { parseConfig } from '../../lib/config/parse-config.ts';
import { runService } from '../../lib/service/run-service.ts';
import { CONSUMER_VARIABLES } from './config.ts';
import { startConsumer } from './start-consumer.ts';

await runService(async () => startConsumer(parseConfig(CONSUMER_VARIABLES, process.env)));
