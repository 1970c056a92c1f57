import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GroupView } from '../../lib/contracts/group.ts';
import { AppError } from '../../lib/errors/app-error.ts';
import type { Fault, Replica, ServiceVariables } from '../../lib/contracts/replica.ts';
import type { Platform, ScenarioPlatform } from '../../platforms/platform.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import type { JournalLine } from '../history/journal.ts';
import type { LabObserver } from '../history/lab-observer.ts';
import { parseScenario } from './parse-scenario.ts';
import { createRandom } from './random.ts';
import { runScenario, type ToldStep } from './run-scenario.ts';

const CONSUMERS = ['consumer-1', 'consumer-2'];

describe('runScenario', () => {
  let lines: JournalLine[];
  let told: ToldStep[];
  let faults: Fault[];
  let scales: number[];
  let rolled: string[];
  let uncordoned: string[];
  let deletions: number;
  let ending: AbortController;
  let isBalanced: boolean;
  let failOn: string | undefined;
  let variables: ServiceVariables;

  beforeEach(() => {
    [lines, told, faults, scales, rolled, uncordoned] = [[], [], [], [], [], []];
    deletions = 0;
    ending = new AbortController();
    isBalanced = true;
    failOn = undefined;
    variables = { A: 'a' };
  });

  const replicas = CONSUMERS.map(
    (name) => ({ name, workload: 'consumer', phase: 'ready', node: `node-of-${name}` }) as unknown as Replica,
  );
  const readView = (): GroupView =>
    ({
      state: isBalanced ? 'Stable' : 'PreparingRebalance',
      coordinator: 0,
      explanation: 'in words',
      topic: 'app',
      members: CONSUMERS.map((clientId, index) => ({ clientId, memberId: clientId, partitions: [index] })),
      partitions: [0, 1].map((partition) => ({ partition, owner: CONSUMERS[partition] })),
    }) as unknown as GroupView;

  const buildPlatform = (name: Platform['name']): ScenarioPlatform =>
    ({
      name,
      addresses: { kafka: [], producer: '', consumer: '', zookeeper: [] },
      listReplicas: () => Promise.resolve(replicas),
      readScale: () => Promise.resolve(2),
      scale: (_workload: string, count: number) => Promise.resolve(void scales.push(count)),
      inject: (fault: Fault) =>
        failOn === fault.kind
          ? Promise.reject(new AppError('timed-out', 'the API server is away'))
          : Promise.resolve(void faults.push(fault)),
      roll: (workload: string, set?: ServiceVariables) => {
        rolled.push(set === undefined ? workload : `${workload} ${JSON.stringify(set)}`);
        variables = { ...variables, ...set };
        return failOn === 'roll' ? Promise.reject(new AppError('timed-out', 'nothing is ready')) : Promise.resolve();
      },
      readVariables: (_workload: string, names: readonly string[]) =>
        Promise.resolve(Object.fromEntries(names.map((name) => [name, variables[name] ?? null]))),
      ...(name === 'kubernetes' && {
        drain: () => Promise.resolve(),
        uncordon: (node: string) => Promise.resolve(void uncordoned.push(node)),
      }),
    }) as unknown as ScenarioPlatform;

  const run = (steps: string, name: Platform['name'] = 'local', seed = 1): Promise<void> =>
    runScenario(parseScenario(`name: s\ndescription: d\nsteps:\n${steps}`, 's.yaml'), {
      platform: buildPlatform(name),
      observer: {
        topic: 'app',
        inspectGroup: () => Promise.resolve(readView()),
        readLatestGeneration: () =>
          Promise.resolve({
            generation: 3,
            at: 1,
            assignor: null,
            members: CONSUMERS.map((clientId, index) => ({
              clientId,
              memberId: clientId,
              sessionTimeoutMs: 1,
              partitions: { app: [index] },
            })),
          }),
      } as unknown as LabObserver,
      journal: { write: (line) => void lines.push(line), close: () => undefined },
      random: createRandom(seed),
      runId: 'run',
      partitions: 6,
      deleteOffsets: () => Promise.resolve(void (deletions += 1)),
      poison: {
        send: (partition) => Promise.resolve({ partition, offset: partition * 10 }),
        stop: () => Promise.resolve(),
      },
      signal: ending.signal,
      onStep: (step) => void told.push(step),
    });
  const listOutcomes = (): string[] =>
    lines.flatMap((line) => (line.kind === 'step-ends' ? [`${String(line.index)} ${line.outcome}`] : []));
  const readOver = () => lines.find((line) => line.kind === 'over');

  it('notes each step before it is done, and what it came to after', async () => {
    await run(
      '  - scale: { consumer: partitions + 1 }\n  - wait-balanced\n  - roll: consumer\n  - wait-balanced\n  - wait-balanced\n',
    );
    expect(scales).toEqual([7]);
    expect(rolled).toEqual(['consumer']);
    expect(lines.map(({ kind }) => kind).slice(0, 5)).toEqual([
      'step-begins',
      'step-ends',
      'step-begins',
      'assignment',
      'step-ends',
    ]);
    const balances = lines.flatMap((line) => (line.kind === 'step-ends' ? [line.balanceMs !== undefined] : []));
    expect(balances).toEqual([false, true, false, true, false]);
    expect(readOver()).toMatchObject({ isComplete: true });
  });

  it('deletes the offsets of the group, which is no change to wait for', async () => {
    await run('  - delete-offsets\n  - wait-balanced\n');
    expect(deletions).toBe(1);
    expect(told.map(({ text, balanceMs }) => [text, balanceMs])).toContainEqual(['wait until balanced', undefined]);
    expect(listOutcomes()).toEqual(['0 done', '1 done']);
  });

  it('tells which replica a rule came to, and brings back what was impaired by itself', async () => {
    await run('  - pause: the owner of partition 1\n  - stop: the owner of partition 0\n');
    expect(told.filter(({ outcome }) => outcome === 'pending').map(({ text }) => text)).toEqual([
      'pause consumer-2 (the owner of partition 1)',
      'stop consumer-1 (the owner of partition 0)',
    ]);
    expect(faults).toEqual([
      { kind: 'pause', target: 'consumer-2' },
      { kind: 'stop', target: 'consumer-1' },
      { kind: 'resume', target: 'consumer-2' },
      { kind: 'start', target: 'consumer-1' },
    ]);
  });

  it('brings back once what the scenario itself brings back', async () => {
    await run('  - pause: any consumer\n  - resume: what was paused\n');
    expect(faults.map(({ kind }) => kind)).toEqual(['pause', 'resume']);
  });

  it('resumes nothing that was killed while it was paused', async () => {
    await run('  - pause: any consumer\n  - kill: what was paused\n');
    expect(faults.map(({ kind }) => kind)).toEqual(['pause', 'kill']);
  });

  it.each([
    {
      what: 'a step the platform cannot do',
      steps: '  - drain: the node of any consumer\n  - roll: kafka\n',
      outcome: '0 unsupported',
    },
    { what: 'a rule that fits nothing', steps: '  - kill: an idle consumer\n  - roll: kafka\n', outcome: '0 error' },
    {
      what: 'a fault that cannot be told to be injected',
      steps: '  - kill: any consumer\n  - roll: kafka\n',
      outcome: '0 error',
      fails: 'kill',
    },
  ])('ends with $what', async ({ steps, outcome, fails }) => {
    failOn = fails;
    await run(steps);
    expect(listOutcomes()).toEqual([outcome]);
    expect(rolled).toEqual([]);
    expect(readOver()).toMatchObject({ isComplete: false });
  });

  it('has failed when the group is not balanced in time', async () => {
    isBalanced = false;
    await run('  - wait-balanced: { within: 200ms }\n  - roll: kafka\n');
    expect(listOutcomes()).toEqual(['0 failed']);
    expect(rolled).toEqual([]);
  });

  it('takes a node back that was drained, also when what follows fails', async () => {
    await run('  - drain: the node of the owner of partition 1\n  - kill: an idle consumer\n', 'kubernetes');
    expect(listOutcomes()).toEqual(['0 done', '1 error']);
    expect(uncordoned).toEqual(['node-of-consumer-2']);
  });

  it('rolls with variables, and gives back at the end what they were', async () => {
    await run('  - roll: { consumer: { A: b, B: 1 } }\n  - roll: { consumer: { A: c } }\n');
    expect(told.filter(({ outcome }) => outcome === 'pending').map(({ text }) => text)).toEqual([
      'roll consumer with A=b, B=1',
      'roll consumer with A=c',
    ]);
    expect(rolled).toEqual(['consumer {"A":"b","B":"1"}', 'consumer {"A":"c"}', 'consumer {"A":"a","B":null}']);
  });

  it('gives them back when the roll was not done, too', async () => {
    failOn = 'roll';
    await run('  - roll: { consumer: { A: b } }\n  - roll: kafka\n');
    expect(listOutcomes()).toEqual(['0 error']);
    expect(rolled).toEqual(['consumer {"A":"b"}', 'consumer {"A":"a"}']);
  });

  it('notes where it put what is no message', async () => {
    await run('  - poison: 2\n');
    const places = lines.flatMap((line) => (line.kind === 'poison' ? [line.poison] : []));
    expect(places).toHaveLength(2);
    for (const { partition, offset } of places) expect(offset).toBe(partition * 10);
  });

  it('mixes parts alike by the same seed, for as long as it is told', async () => {
    const mix =
      '  - mix: { for: 50ms, of: { a: [{ scale: { consumer: 1 to 9 } }, { hold: 10ms }], b: [{ hold: 20ms }] } }\n';
    await run(mix, 'local', 5);
    const first = [...scales];
    scales.length = 0;
    await run(mix, 'local', 5);
    const shared = Math.min(first.length, scales.length);
    expect(shared).toBeGreaterThan(0);
    expect(scales.slice(0, shared)).toEqual(first.slice(0, shared));
  });

  it('ends at once when it is interrupted, and heals', async () => {
    const running = run('  - pause: any consumer\n  - hold: 60s\n  - roll: kafka\n');
    await waitUntil(() => lines.filter(({ kind }) => kind === 'step-begins').length === 2 || undefined, {
      what: 'the second step',
      timeoutMs: 4000,
      intervalMs: 10,
    });
    ending.abort();
    await running;
    expect(faults.map(({ kind }) => kind)).toEqual(['pause', 'resume']);
    expect(listOutcomes()).toEqual(['0 done', '1 error']);
    expect(rolled).toEqual([]);
  });
});
