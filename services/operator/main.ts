/** Entry of the operator: the environment in, a service out. */
import { parseConfig } from '../../lib/config/parse-config.ts';
import { runService } from '../../lib/service/run-service.ts';
import { OPERATOR_VARIABLES } from './config.ts';
import { startOperator } from './start-operator.ts';

await runService(async () => startOperator(parseConfig(OPERATOR_VARIABLES, process.env)));
