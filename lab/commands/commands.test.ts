import { describe, expect, it } from '@jest/globals';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { CommanderError } from 'commander';
import path from 'node:path';
import { ReadableStream } from 'node:stream/web';
import { AppError } from '../../lib/errors/app-error.ts';
import type { Platform } from '../../platforms/platform.ts';
import { CACHE_DIR, DEFAULT_DATA_DIR } from '../lab-settings.ts';
import { createRecordedLine } from '../testing/recorded-line.ts';
import { declareBench } from './bench.ts';
import { declareCheckConsumer } from './check-consumer.ts';
import { declareCompare } from './compare.ts';
import { declareDemo } from './demo.ts';
import { declareDown } from './down.ts';
import { declareExam } from './exam.ts';
import { declareFaults } from './fault.ts';
import { declareJudge } from './judge.ts';
import { declareDeploy, declareShell } from './kind.ts';
import { declareLogs } from './logs.ts';
import { declareScale } from './scale.ts';
import { declareStatus } from './status.ts';
import { declareUp } from './up.ts';
import { declareVerdicts } from './verdicts.ts';
import { declareVerify } from './verify.ts';

const CONTEXT = 'kind-kafka-lab';

/** Runs a command with its arguments; it must not write to the terminal, nor end the process. */
async function runCommand(command: CommandUnknownOpts, ...args: string[]): Promise<void> {
  command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  await command.parseAsync(args, { from: 'user' });
}

/** What stands for a command's work: it keeps what it was given, and ends with a code. */
function createWork(code = 0) {
  const calls: unknown[][] = [];
  const work = (...given: unknown[]): Promise<number> => {
    // The context is the same for all.
    calls.push(given.filter((one) => typeof one !== 'object' || one === null || !('interrupted' in one)));
    return Promise.resolve(code);
  };
  return { calls, work };
}

describe('a command without options', () => {
  const runs = path.join(CACHE_DIR, 'runs');
  const services = { data: DEFAULT_DATA_DIR, ports: 'fixed' };
  const { calls, work } = createWork();
  const line = createRecordedLine();
  it.each([
    { name: 'up', command: declareUp(line, work), args: [], given: [services] },
    {
      name: 'demo',
      command: declareDemo(line, work),
      args: [],
      given: [
        {
          ...services,
          platform: 'local',
          context: CONTEXT,
          out: runs,
          rate: 200,
          steps: [1, 3, 6, 7, 2],
          hold: '2500',
          holdMs: 2500,
        },
      ],
    },
    {
      name: 'verify',
      command: declareVerify(line, work),
      args: [],
      given: [
        'scale',
        {
          data: path.join(CACHE_DIR, 'verify'),
          ports: 'auto',
          platform: 'local',
          context: CONTEXT,
          out: runs,
          seed: 1,
          repeat: 1,
          keep: false,
          json: false,
        },
      ],
    },
    {
      name: 'check-consumer',
      command: declareCheckConsumer(line, work),
      args: ['node mine.js'],
      given: ['node mine.js', { data: path.join(CACHE_DIR, 'check-consumer'), ports: 'auto' }],
    },
    { name: 'judge', command: declareJudge(line, work), args: ['run'], given: ['run', { context: CONTEXT }] },
    { name: 'exam', command: declareExam(line, work), args: ['run'], given: ['run', { trials: 20, seed: 1 }] },
    {
      name: 'compare',
      command: declareCompare(line, work),
      args: ['one', 'other'],
      given: [['one', 'other'], 'comparison.html'],
    },
    {
      name: 'verdicts',
      command: declareVerdicts(line, work),
      args: [],
      given: [runs, path.join(CACHE_DIR, '../docs/verdicts.md')],
    },
    {
      name: 'bench',
      command: declareBench(line, work),
      args: [],
      given: [
        {
          names: [],
          ports: 'auto',
          data: path.join(CACHE_DIR, 'bench'),
          platform: 'local',
          context: CONTEXT,
          out: path.join(CACHE_DIR, 'performance'),
        },
      ],
    },
  ])('has defaults: $name', async ({ command, args, given }) => {
    await runCommand(command, ...args);
    expect(calls.at(-1)).toEqual(given);
  });
});

describe('a command with options', () => {
  it('hands them over, numbers as numbers and variables collected', async () => {
    const { calls, work } = createWork();
    await runCommand(
      declareVerify(createRecordedLine(), work),
      ...['kill', '--seed', '7', '--repeat', '3', '--keep', '--json', '--platform', 'kubernetes'],
      ...['--consumer', 'A=1', '--consumer', 'B=x=y', '--producer', 'C=', '--consumer-command', 'node mine.js'],
    );
    expect(calls).toMatchObject([
      [
        'kill',
        {
          seed: 7,
          repeat: 3,
          keep: true,
          json: true,
          platform: 'kubernetes',
          consumer: { A: '1', B: 'x=y' },
          producer: { C: '' },
          consumerCommand: 'node mine.js',
        },
      ],
    ]);
  });

  it('keeps what follows a shell’s command for that command', async () => {
    const { calls, work } = createWork();
    await runCommand(declareShell(createRecordedLine(), work), 'kafka-topics.sh', '--list', '-f');
    expect(calls[0]?.[0]).toEqual(['kafka-topics.sh', '--list', '-f']);
  });

  const line = createRecordedLine();
  const { calls, work } = createWork();
  it.each([
    { command: declareUp(line, work), args: ['--producer', 'lower=1'], sentence: /it must be NAME=VALUE/ },
    {
      command: declareDemo(line, work),
      args: ['--rate', '1e9'],
      sentence: /--rate is "1e9"; it must be a whole number/,
    },
    { command: declareDemo(line, work), args: ['--steps', '1,51'], sentence: /--steps is "51"; .* from 1 to 50/ },
    { command: declareDemo(line, work), args: ['--ports', 'many'], sentence: /it must be fixed or auto/ },
    { command: declareVerify(line, work), args: ['--repeat', '0'], sentence: /--repeat is "0"/ },
    { command: declareExam(line, work), args: ['run', '--trials', 'x'], sentence: /--trials is "x"/ },
    { command: declareBench(line, work), args: ['--rounds', '0'], sentence: /--rounds is "0"/ },
  ])('is refused when one is wrong: $args', async ({ command, args, sentence }) => {
    await expect(runCommand(command, ...args)).rejects.toThrow(sentence);
    await expect(runCommand(command, ...args)).rejects.toBeInstanceOf(AppError);
    expect(calls).toEqual([]);
  });

  it.each([
    { command: declareVerify(line, work), args: ['--platform', 'elsewhere'] },
    { command: declareVerify(line, work), args: ['one', 'two'] },
    { command: declareCompare(line, work), args: ['one'] },
    { command: declareUp(line, work), args: ['--nonsense'] },
    { command: declareScale(line), args: ['kafka', '3'] },
  ])('is refused by the parser: $args', async ({ command, args }) => {
    await expect(runCommand(command, ...args)).rejects.toBeInstanceOf(CommanderError);
    expect(calls).toEqual([]);
  });
});

describe('the exit code', () => {
  it('of a judged command is the verdict’s', async () => {
    const line = createRecordedLine();
    for (const code of [0, 1, 2]) await runCommand(declareVerify(line, createWork(code).work));
    await runCommand(declareJudge(line, createWork(2).work), 'run');
    expect(line.ends).toEqual([0, 1, 2, 2].map((code) => ({ code, isJudged: true })));
  });

  it('of a benchmark is that of its process, and no verdict', async () => {
    const line = createRecordedLine();
    await runCommand(declareBench(line, createWork(3).work), 'memory');
    expect(line.ends).toEqual([{ code: 3, isJudged: false }]);
  });
});

describe('a command for a lab that runs', () => {
  const done: unknown[] = [];
  const connected: unknown[] = [];
  const platform = {
    name: 'local',
    faultKinds: {},
    scale: (...given: unknown[]) => Promise.resolve(done.push(['scale', ...given])),
    inject: (fault: unknown) => Promise.resolve(done.push(['inject', fault])),
    readLogs(name: string, { tail, follow }: { tail: number; follow: boolean }) {
      done.push(['logs', name, tail, follow]);
      return ReadableStream.from(['one', 'two']);
    },
  } as unknown as Platform;
  const connect = (options: object): Promise<Platform> => {
    connected.push(options);
    return Promise.resolve(platform);
  };

  it('looks for it wherever one is, unless it is told', async () => {
    const line = createRecordedLine();
    await runCommand(declareScale(line, connect), 'consumer', '4');
    await runCommand(declareScale(line, connect), 'producer', '1', '--platform', 'local', '--data', 'mine');
    expect(connected).toEqual([
      { data: DEFAULT_DATA_DIR, platform: 'auto', context: CONTEXT },
      { data: 'mine', platform: 'local', context: CONTEXT },
    ]);
    expect(done.splice(0)).toEqual([
      ['scale', 'consumer', 4],
      ['scale', 'producer', 1],
    ]);
    expect(line.ends).toEqual([
      { code: 0, isJudged: false },
      { code: 0, isJudged: false },
    ]);
  });

  it('injects the fault it is named after', async () => {
    const faults = declareFaults(createRecordedLine(), connect);
    expect(faults.map((fault) => fault.name())).toEqual(['kill', 'pause', 'resume', 'stop', 'start']);
    for (const fault of faults) await runCommand(fault, 'consumer-1');
    expect(done.splice(0)).toEqual(faults.map((fault) => ['inject', { kind: fault.name(), target: 'consumer-1' }]));
  });

  it('prints the log of a replica', async () => {
    const line = createRecordedLine();
    await runCommand(declareLogs(line, connect), 'consumer-1', '--tail', '2', '-f');
    expect(done.splice(0)).toEqual([['logs', 'consumer-1', 2, true]]);
    expect(line.printed).toEqual(['one', 'two']);
  });

  it('does not look for it when a number is wrong', async () => {
    const before = connected.length;
    const line = createRecordedLine();
    await expect(runCommand(declareScale(line, connect), 'consumer', 'four')).rejects.toThrow(/<replicas> is "four"/);
    await expect(runCommand(declareLogs(line, connect), 'consumer', '--tail', 'x')).rejects.toThrow(/--tail is "x"/);
    expect(connected).toHaveLength(before);
  });

  it('fails with the sentence of who looked for it', async () => {
    const refuse = () => Promise.reject(new AppError('no-such-target', 'no lab runs here'));
    const line = createRecordedLine();
    await expect(runCommand(declareStatus(line, refuse))).rejects.toThrow('no lab runs here');
    await expect(runCommand(declareDown(line, refuse))).rejects.toThrow('no lab runs here');
    expect(line.ends).toEqual([]);
  });
});

describe('deploy', () => {
  it.each([
    { hasChanged: true, printed: [] },
    { hasChanged: false, printed: ['nothing to change: the lab runs as it should'] },
  ])('says when there was nothing to do: $hasChanged', async ({ hasChanged, printed }) => {
    const line = createRecordedLine();
    await runCommand(declareDeploy(line, () => Promise.resolve(hasChanged)));
    expect({ printed: line.printed, ends: line.ends }).toEqual({ printed, ends: [{ code: 0, isJudged: false }] });
  });
});
