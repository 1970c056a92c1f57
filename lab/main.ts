/** Entry of the lab's command line. Every command declares itself in `commands/`. */
import { Command } from '@commander-js/extra-typings';
import { declareBench } from './commands/bench.ts';
import { declareCheckConsumer } from './commands/check-consumer.ts';
import { declareCompare } from './commands/compare.ts';
import { declareDemo } from './commands/demo.ts';
import { declareDown } from './commands/down.ts';
import { declareExam } from './commands/exam.ts';
import { declareFaults } from './commands/fault.ts';
import { declareJudge } from './commands/judge.ts';
import { declareDeploy, declareKindDown, declareKindUp, declareShell } from './commands/kind.ts';
import { declareLogs } from './commands/logs.ts';
import { declareScale } from './commands/scale.ts';
import { declareStatus } from './commands/status.ts';
import { declareUp } from './commands/up.ts';
import { declareVerdicts } from './commands/verdicts.ts';
import { declareVerify } from './commands/verify.ts';
import { createCommandLine } from './command-line.ts';

// npm runs a script in the project's folder; a path that somebody typed is looked up where it was typed.
const isNpmScript = process.env['npm_lifecycle_script']?.startsWith('node lab/main.ts') ?? false;
if (isNpmScript) process.chdir(process.env['INIT_CWD'] ?? '.');

const line = createCommandLine({ isDebugging: process.env['LAB_LOG_LEVEL'] === 'debug' });
const program = new Command('lab')
  .description('Runs, shows and verifies how Kafka shares work among the members of a consumer group.')
  .showHelpAfterError()
  .exitOverride()
  .enablePositionalOptions();
const commands = [
  declareUp(line),
  declareDemo(line),
  declareVerify(line),
  declareCheckConsumer(line),
  declareJudge(line),
  declareExam(line),
  declareCompare(line),
  declareVerdicts(line),
  declareBench(line),
  declareDown(line),
  declareStatus(line),
  declareScale(line),
  declareLogs(line),
  ...declareFaults(line),
  declareKindUp(line, process.env['KIND_NODE_IMAGE']),
  declareKindDown(line),
  declareDeploy(line),
  declareShell(line),
];
for (const command of commands) program.addCommand(command.copyInheritedSettings(program));

await line.exitAfter(() => program.parseAsync());
