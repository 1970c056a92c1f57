import { execa, ExecaError } from 'execa';
import { AppError } from '../../lib/errors/app-error.ts';

/** The programs that the lab on kind needs, and where to get them. */
const TOOLS = {
  docker: 'https://docs.docker.com/engine/install/',
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  node: 'https://nodejs.org/',
} as const;

export type Tool = keyof typeof TOOLS;

export interface ToolOptions {
  /** Text for its standard input. @default none */
  readonly input?: string;
  /** How long it may take, in milliseconds. @default 60 s */
  readonly timeoutMs?: number;
  /** Called with every line that it writes, to either of its outputs. @default nobody */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 60_000;
const TOLD_LINES = 12;
const GIVEN = ['--context', '--namespace'];

/**
 * Runs a program and gives its standard output.
 *
 * @throws AppError `missing-requirement` when it is not installed, `timed-out`, or `process-failed` with its last lines
 */
export async function runTool(tool: Tool, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { input = '', timeoutMs = TIMEOUT_MS, onLine, signal } = options;
  try {
    const running = execa(tool, args, {
      input,
      timeout: timeoutMs,
      all: true,
      ...(signal && { cancelSignal: signal }),
    });
    if (onLine) for await (const line of running.iterable({ from: 'all' })) onLine(line);
    return (await running).stdout;
  } catch (error) {
    throw translate(tool, args, error);
  }
}

/** Says where to get a program that is not there. */
export function explainMissing(tool: Tool, cause: unknown): AppError {
  return new AppError('missing-requirement', `${tool} is not installed: ${TOOLS[tool]}`, { cause });
}

function translate(tool: Tool, args: readonly string[], error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error;
  // Which context and namespace is the same in every call.
  const telling = args.filter((arg, index) => !GIVEN.includes(arg) && !GIVEN.includes(args[index - 1] ?? ''));
  const call = `${tool} ${telling.slice(0, 3).join(' ')}`;
  if (error.code === 'ENOENT') {
    return explainMissing(tool, error);
  }
  if (error.timedOut) {
    return new AppError('timed-out', `${call} did not end in time`, { retriable: true, cause: error });
  }
  const said: unknown = error.all;
  const lines = typeof said === 'string' ? said.trimEnd().split('\n').slice(-TOLD_LINES) : [];
  return new AppError('process-failed', [`${call} failed:`, ...lines].join('\n  '), { cause: error });
}
