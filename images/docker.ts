import { execa } from 'execa';
import { AppError } from '../lib/errors/app-error.ts';

/** What the images need of Docker. */
export interface Docker {
  /** @throws AppError 'missing-requirement' when docker or its engine cannot be used */
  requireEngine(): Promise<void>;
  hasImage(tag: string): Promise<boolean>;
  /** @throws AppError 'process-failed' with what docker said */
  buildImage(request: BuildRequest): Promise<void>;
}

export interface BuildRequest {
  readonly tag: string;
  /** Folder of the build context. */
  readonly context: string;
  readonly dockerfile: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** @default the engine's own */
  readonly platform?: string;
}

interface Answer {
  readonly hasSucceeded: boolean;
  readonly output: string;
}

/** Long enough for an engine that is just starting. */
const QUESTION_TIMEOUT_MS = 30_000;
/** The base image may have to be pulled. */
const BUILD_TIMEOUT_MS = 900_000;
const QUOTED_LINES = 20;

/** Docker by its command line. */
export function createDocker(command = 'docker'): Docker {
  const run = (args: readonly string[], timeoutMs: number) => runDocker(command, args, timeoutMs);
  return {
    async requireEngine() {
      const { hasSucceeded, output } = await run(['version', '--format', '{{.Server.Version}}'], QUESTION_TIMEOUT_MS);
      if (hasSucceeded) return;
      throw new AppError(
        'missing-requirement',
        `The Docker engine does not answer: start Docker, or get the right to use it, then try again. ${output}`,
      );
    },
    async hasImage(tag) {
      const { hasSucceeded } = await run(['image', 'inspect', '--format', '{{.Id}}', tag], QUESTION_TIMEOUT_MS);
      return hasSucceeded;
    },
    async buildImage(request) {
      const { hasSucceeded, output } = await run(buildArguments(request), BUILD_TIMEOUT_MS);
      if (hasSucceeded) return;
      throw new AppError('process-failed', `docker could not build ${request.tag}:\n${quoteEnd(output)}`);
    },
  };
}

async function runDocker(command: string, args: readonly string[], timeoutMs: number): Promise<Answer> {
  const result = await execa(command, args, { all: true, reject: false, stdin: 'ignore', timeout: timeoutMs });
  if (result.code === 'ENOENT') {
    throw new AppError('missing-requirement', `${command} is not installed: install Docker, start it, then try again.`);
  }
  const { failed, timedOut, all, originalMessage = '' } = result;
  const end = timedOut ? `(it was not done after ${timeoutMs / 1000} s)` : '';
  return { hasSucceeded: !failed, output: `${all.trim()}\n${end}`.trim() || originalMessage };
}

function buildArguments({ tag, context, dockerfile, buildArguments, platform }: BuildRequest): string[] {
  return [
    'build',
    ...['--tag', tag, '--file', dockerfile],
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    context,
  ];
}

/** The reason is in the last lines; what comes before tells of the steps that went well. */
function quoteEnd(output: string): string {
  return output.split('\n').slice(-QUOTED_LINES).join('\n');
}
