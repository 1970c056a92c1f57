/** Entry of the lab's command line. Every command declares itself in `commands/`. */
import { Command } from '@commander-js/extra-typings';
import { createCommandLine } from './command-line.ts';
import { listCommands } from './commands/list-commands.ts';

// npm runs a script in the project's folder; a path that somebody typed is looked up where it was typed.
const isNpmScript = process.env['npm_lifecycle_script']?.startsWith('node lab/main.ts') ?? false;
if (isNpmScript) process.chdir(process.env['INIT_CWD'] ?? '.');

const line = createCommandLine({ isDebugging: process.env['LAB_LOG_LEVEL'] === 'debug' });
const program = new Command('lab')
  .description('Runs, shows and verifies how Kafka shares work among the members of a consumer group.')
  .showHelpAfterError()
  .exitOverride()
  .enablePositionalOptions();
for (const command of listCommands(line, process.env['KIND_NODE_IMAGE'])) {
  program.addCommand(command.copyInheritedSettings(program));
}

await line.exitAfter(() => program.parseAsync());
