/** Entry of the lab's command line: each command is a function of its options and a context. */
import path from 'node:path';
import { Command, Option } from 'commander';
import { CONTEXT } from '../lib/contracts/addresses.ts';
import { LARGEST_SCALE } from '../lib/contracts/largest-scale.ts';
import { PLATFORM_NAMES } from '../lib/contracts/platform-name.ts';
import { connectLocalPlatform } from '../platforms/local/connect-local-platform.ts';
import { SCALABLE_WORKLOADS, type FaultKind, type ScalableWorkload } from '../lib/contracts/replica.ts';
import { requireCapability, type Platform } from '../platforms/platform.ts';
import { bench } from './commands/bench.ts';
import { checkConsumer } from './commands/check-consumer.ts';
import { exam } from './commands/exam.ts';
import { createCommandLine } from './command-line.ts';
import { compare } from './commands/compare.ts';
import { demo } from './commands/demo.ts';
import { judgeDirectory, type JudgeOptions } from './commands/judge.ts';
import { writeVerdicts } from './commands/verdicts.ts';
import { verify, type VerifyOptions } from './commands/verify.ts';
import { followLogs } from './commands/follow-logs.ts';
import { status } from './commands/status.ts';
import { up, type UpOptions } from './commands/up.ts';
import { connectPlatform } from './platforms.ts';
import { buildAndDeploy, kindUp } from './kind/kind-up.ts';
import { kindDown } from './kind/kind-down.ts';
import { openShell } from './kind/open-shell.ts';
import {
  CACHE_DIR,
  collectVariable,
  DEFAULT_DATA_DIR,
  parseCount,
  parsePorts,
  type LabOptions,
} from './lab-settings.ts';

const FAULTS: Readonly<Record<FaultKind, string>> = {
  kill: 'SIGKILL; it starts again by itself',
  pause: 'SIGSTOP, until resume',
  resume: 'SIGCONT',
  stop: 'end it, until start',
  start: 'start what was stopped',
};

// npm runs a script in the project's folder; a path that somebody typed is looked up where it was typed.
const isNpmScript = process.env['npm_lifecycle_script']?.startsWith('node lab/main.ts') ?? false;
if (isNpmScript) process.chdir(process.env['INIT_CWD'] ?? '.');

const { context, run, runJudged, exitAfter } = createCommandLine({
  isDebugging: process.env['LAB_LOG_LEVEL'] === 'debug',
});

const program = new Command('lab')
  .description('Runs, shows and verifies how Kafka shares work among the members of a consumer group.')
  .showHelpAfterError()
  .exitOverride()
  .enablePositionalOptions();

const dataOption = new Option('--data <dir>', 'folder of the lab’s data').default(DEFAULT_DATA_DIR, '.lab/local');
const platformOption = new Option('--platform <which>', 'where the lab runs')
  .choices(['auto', ...PLATFORM_NAMES])
  .default('auto', 'wherever one runs');
const outOption = new Option('--out <dir>', 'folder of the saved runs').default(
  path.join(CACHE_DIR, 'runs'),
  '.lab/runs',
);
const contextOption = new Option('--context <name>', 'the kubectl context of a lab on Kubernetes').default(CONTEXT);
const addCommand = (name: string, description: string): Command =>
  program.command(name).description(description).addOption(dataOption);
/** A command for a lab that runs already. */
const addRemoteCommand = (name: string, description: string): Command =>
  addCommand(name, description).addOption(platformOption).addOption(contextOption);
/** What the services of a lab are told when it starts. */
const addServiceOptions = (command: Command): Command =>
  command
    .option('--partitions <number>', 'partitions of app; more than there are raises them')
    .option('--producer <NAME=VALUE>', 'a variable of the producers; may be given again', collectVariable)
    .option('--consumer <NAME=VALUE>', 'a variable of the consumers; may be given again', collectVariable)
    .option('--consumer-command <command line>', 'run this instead of the lab’s consumer, in any language');
const addStartOptions = (command: Command): Command =>
  addServiceOptions(
    command
      .option('--ports <which>', 'fixed, as in the README, or auto: any that are free', 'fixed')
      .option('--fresh', 'begin with empty data'),
  );
const connect = (options: LabOptions): Promise<Platform> => connectPlatform(options, context.logger);
addStartOptions(addCommand('up', 'start a lab and run it until Ctrl-C'))
  .option('--read-only', 'the live page shows, and changes nothing')
  .action((options: UpOptions) => run(() => up(options, context)));
addStartOptions(addCommand('demo', 'scale the consumers under load, show who owns what, and judge the run'))
  .addOption(new Option('--platform <which>', 'where the lab runs').choices(PLATFORM_NAMES).default('local'))
  .addOption(contextOption)
  .option('--rate <number>', 'records a second', '200')
  .option('--steps <list>', 'replicas, step by step', '1,3,6,7,2')
  .option('--hold <ms>', 'how long each step is watched', '2500')
  .addOption(outOption)
  .action((options: LabOptions & { rate: string; steps: string; hold: string; out: string }) =>
    runJudged(async () => {
      const parsed = {
        rate: parseCount('--rate', options.rate, { min: 1, max: 5000 }),
        steps: options.steps
          .split(',')
          .map((step) => parseCount('--steps', step.trim(), { min: 1, max: LARGEST_SCALE })),
        holdMs: parseCount('--hold', options.hold, { min: 0, max: 600_000 }),
      };
      parsePorts(options.ports);
      return demo({ ...options, ...parsed }, context);
    }),
  );
addServiceOptions(
  program
    .command('verify')
    .description('do to the group what a scenario says, under load, and judge what came of it')
    .argument('[scenario]', 'its name, or a file', 'scale')
    .addOption(new Option('--platform <which>', 'where the lab runs').choices(PLATFORM_NAMES).default('local'))
    .addOption(contextOption)
    .option('--seed <number>', 'what is left to chance is decided by it', '1')
    .option('--repeat <number>', 'how many runs, each with the next seed', '1')
    .option('--keep', 'leave the lab as it is after a run that did not pass', false)
    .option('--json', 'print the result as JSON, and all else to standard error', false)
    .addOption(outOption)
    .option('--data <dir>', 'folder of the data of its own local lab', path.join(CACHE_DIR, 'verify'))
    .option('--ports <which>', 'fixed, as in the README, or auto: any that are free', 'auto'),
).action((scenario: string, options: Omit<VerifyOptions, 'seed' | 'repeat'> & { seed: string; repeat: string }) =>
  runJudged(async () => {
    parsePorts(options.ports);
    const seed = parseCount('--seed', options.seed, { min: 0, max: 999_999_999 });
    const repeat = parseCount('--repeat', options.repeat, { min: 1, max: 1000 });
    return verify(scenario, { ...options, seed, repeat }, context);
  }),
);
program
  .command('check-consumer')
  .description(
    'run one replica of a consumer of your own for some seconds, and say what of the contract it does not keep',
  )
  .argument('<command line>', 'as of --consumer-command')
  .option('--consumer <NAME=VALUE>', 'a variable of the consumer; may be given again', collectVariable)
  .option('--data <dir>', 'folder of the data of its own local lab', path.join(CACHE_DIR, 'check-consumer'))
  .action((command: string, options: LabOptions) =>
    runJudged(() => checkConsumer(command, { ...options, ports: 'auto' }, context)),
  );
program
  .command('judge')
  .description('judge a saved run again, also one whose verifier died')
  .argument('<dir>', 'its directory')
  .option('--data <dir>', 'folder of the data of the local lab that still has the run; that of the run otherwise')
  .addOption(contextOption)
  .action((dir: string, options: JudgeOptions) => runJudged(() => judgeDirectory(dir, options, context)));
program
  .command('exam')
  .description('doctor a saved run that passed in every way there is, and tell what of it the verdict sees')
  .argument('<dir>', 'its directory')
  .option('--trials <number>', 'how many places are tried of each', '20')
  .option('--seed <number>', 'which places is decided by it', '1')
  .option('--out <file>', 'file to write the table to')
  .action((dir: string, { trials, seed, out }: { trials: string; seed: string; out?: string }) =>
    runJudged(() =>
      exam(
        dir,
        {
          trials: parseCount('--trials', trials, { min: 1, max: 10_000 }),
          seed: parseCount('--seed', seed, { min: 0, max: 999_999_999 }),
          ...(out !== undefined && { out }),
        },
        context,
      ),
    ),
  );
program
  .command('compare')
  .description('put two saved runs side by side')
  .argument('<run>', 'directory of the one')
  .argument('<other>', 'directory of the other')
  .option('--out <file>', 'page of the comparison', 'comparison.html')
  .action((one: string, other: string, { out }: { out: string }) =>
    runJudged(async () => {
      await compare([one, other], out, context);
      return 0;
    }),
  );
program
  .command('verdicts')
  .description('write a page of the verdicts of all saved runs')
  .option('--runs <dir>', 'folder of the saved runs', path.join(CACHE_DIR, 'runs'))
  .addOption(
    new Option('--out <file>', 'the page').default(path.join(CACHE_DIR, '../docs/verdicts.md'), 'docs/verdicts.md'),
  )
  .action(({ runs, out }: { runs: string; out: string }) =>
    run(async () => {
      await writeVerdicts(runs, out, context);
      return undefined;
    }),
  );
program
  .command('bench')
  .description('measure the client layer and the services, on brokers of its own, or on the lab on Kubernetes')
  .option('--data <dir>', 'folder of the data of its own brokers', path.join(CACHE_DIR, 'bench'))
  .argument('[suites...]', 'which; all of the platform when none is named')
  .addOption(new Option('--platform <which>', 'where').choices(PLATFORM_NAMES).default('local'))
  .addOption(contextOption)
  .option('--rounds <number>', 'how often each measurement is made')
  .option('--out <dir>', 'folder of the results; the page is written beside it', path.join(CACHE_DIR, 'performance'))
  .action((suites: string[], { rounds, ...options }: LabOptions & { rounds?: string; out: string }) =>
    run(() => {
      const parsed = rounds === undefined ? {} : { rounds: parseCount('--rounds', rounds, { min: 1, max: 1000 }) };
      return bench({ ...options, names: suites, ports: 'auto', ...parsed });
    }),
  );
addCommand('down', 'end the local lab that runs').action(({ data }: LabOptions) =>
  run(async () => {
    const platform = await connectLocalPlatform(path.resolve(data));
    await platform.stop();
    return undefined;
  }),
);
addRemoteCommand('status', 'show every replica, and how the group shares the partitions').action(
  (options: LabOptions) => run(async () => status(await connect(options), context)),
);
addRemoteCommand('scale', 'set the number of replicas')
  .addArgument(program.createArgument('<workload>').choices(SCALABLE_WORKLOADS))
  .argument('<replicas>')
  .action((workload: ScalableWorkload, replicas: string, options: LabOptions) =>
    run(async () => {
      const count = parseCount('<replicas>', replicas, { min: 0, max: LARGEST_SCALE });
      const platform = await connect(options);
      requireCapability(platform, 'scale');
      await platform.scale(workload, count);
      return undefined;
    }),
  );
addRemoteCommand('logs', 'print the log of a replica, or of all of a workload')
  .argument('<replica or workload>')
  .option('-f, --follow', 'go on as lines are written', false)
  .option('--tail <lines>', 'lines to begin with', '20')
  .action((target: string, options: LabOptions & { follow: boolean; tail: string }) =>
    run(async () => {
      const tail = parseCount('--tail', options.tail, { min: 0, max: 100_000 });
      return followLogs(await connect(options), target, { follow: options.follow, tail }, context);
    }),
  );
for (const [kind, description] of Object.entries(FAULTS) as [FaultKind, string][]) {
  addRemoteCommand(kind, description)
    .argument('<replica>')
    .action((target: string, options: LabOptions) =>
      run(async () => {
        const platform = await connect(options);
        requireCapability(platform, 'faults');
        await platform.inject({ kind, target });
        return undefined;
      }),
    );
}

const addKindCommand = (name: string, description: string): Command => program.command(name).description(description);
addKindCommand('kind-up', 'make a kind cluster with the lab on it, as far as it is not there yet').action(() =>
  run(() => kindUp(process.env['KIND_NODE_IMAGE'], context)),
);
addKindCommand('kind-down', 'remove the kind cluster with all its data').action(() => run(() => kindDown(context)));
addKindCommand('deploy', 'build the images and bring the lab on the kind cluster up to date').action(() =>
  run(async () => {
    if (!(await buildAndDeploy(context))) context.print('nothing to change: the lab runs as it should');
    return undefined;
  }),
);
addKindCommand('shell', 'open a shell in a client pod with the tools of Kafka')
  .argument('[command...]', 'run instead of a shell')
  .passThroughOptions()
  .action((command: string[]) => run(() => openShell(command, process.stdin.isTTY)));

await exitAfter(() => program.parseAsync());
