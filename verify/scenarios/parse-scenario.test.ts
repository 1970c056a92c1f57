import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { findScenario, listScenarios } from './find-scenario.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Step } from './steps/registry.ts';

const HEAD = 'name: mine\ndescription: What it is about.\n';

function readSteps(steps: string): readonly Step[] {
  return parseScenario(`${HEAD}steps:\n${steps}`, 'mine.yaml').steps;
}

function readError(text: string): string {
  try {
    parseScenario(text, 'mine.yaml');
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('parseScenario', () => {
  it.each([
    { written: 'load: { rate: 200 }', step: { kind: 'load', ratePerSecond: 200, keys: 120 } },
    { written: 'load: { rate: 5, keys: 7 }', step: { kind: 'load', ratePerSecond: 5, keys: 7 } },
    { written: 'load: off', step: { kind: 'load', ratePerSecond: 0, keys: 120 } },
    { written: 'hold: 1.5s', step: { kind: 'hold', forMs: 1500 } },
    { written: 'wait-balanced', step: { kind: 'wait-balanced', withinMs: 60_000 } },
    { written: 'wait-balanced: { within: 2m }', step: { kind: 'wait-balanced', withinMs: 120_000 } },
    { written: 'delete-offsets', step: { kind: 'delete-offsets' } },
    { written: 'uncordon', step: { kind: 'uncordon' } },
    { written: 'roll: kafka', step: { kind: 'roll', workload: 'kafka' } },
    {
      written: 'roll: { consumer: { ASSIGNOR: sticky, COMMIT_EVERY_MS: 50 } }',
      step: { kind: 'roll', workload: 'consumer', variables: { ASSIGNOR: 'sticky', COMMIT_EVERY_MS: '50' } },
    },
    { written: 'poison: 3', step: { kind: 'poison', records: 3 } },
    {
      written: "kill: the group's coordinator",
      step: { kind: 'kill', target: { rule: 'coordinator' }, phrase: "the group's coordinator" },
    },
    {
      written: 'pause: the owner of partition 12',
      step: {
        kind: 'pause',
        target: { rule: 'owner', which: '12' },
        phrase: 'the owner of partition 12',
      },
    },
    {
      written: 'start: what was stopped',
      step: { kind: 'start', target: { rule: 'stopped' }, phrase: 'what was stopped' },
    },
    {
      written: 'drain: the node of any broker',
      step: {
        kind: 'drain',
        target: { rule: 'any', which: 'broker' },
        phrase: 'the node of any broker',
      },
    },
    {
      written: 'stop: kafka-1',
      step: { kind: 'stop', target: { rule: 'name', which: 'kafka-1' }, phrase: 'kafka-1' },
    },
  ])('reads $written', ({ written, step }) => {
    expect(readSteps(`  - ${written}\n`)).toEqual([step]);
  });

  it.each([
    { written: '3', min: [3, false], max: [3, false] },
    { written: 'partitions', min: [0, true], max: [0, true] },
    { written: 'partitions + 1', min: [1, true], max: [1, true] },
    { written: '2 to partitions - 1', min: [2, false], max: [-1, true] },
  ])('reads $written as a number of replicas', ({ written, min, max }) => {
    const bound = ([plus, isPartitions]: (number | boolean)[]) => ({ plus, isPartitions });
    const replicas = { min: bound(min), max: bound(max) };
    expect(readSteps(`  - scale: { consumer: ${written} }\n`)).toEqual([
      { kind: 'scale', workload: 'consumer', replicas },
    ]);
  });

  it('tells every flaw at once, with its line and what is wanted there', () => {
    const message = readError(
      `${HEAD}steps:\n  - hold: 5\n  - kil: any broker\n  - kill: the boss\n  - scale: { consumer: 8 to 2 }\n`,
    );
    expect(message).toMatch(/^mine\.yaml is no scenario:\n/);
    expect(message).toMatch(/line 4: steps\.0\.hold is 5; it must be a duration such as/);
    expect(message).toMatch(/line 5: steps\.1 is \{"kil":"any broker"\}; it must be one step: load, scale, kill,/);
    expect(message).toMatch(/line 6: steps\.2\.kill is "the boss"; it must be a target: the consumer that owns most;/);
    expect(message).toMatch(/line 7: steps\.3\.scale\.consumer is "8 to 2"; it must be a number of replicas/);
  });

  it.each([
    { text: '', flaw: 'it is null; it must be name, description, steps' },
    { text: 'name: [', flaw: 'at line 1' },
    { text: `${HEAD}steps: []`, flaw: 'steps is []; it must be a list with at least one step' },
    { text: `${HEAD}step: []\nsteps: [wait-balanced]`, flaw: 'step is []; it must be left out' },
    {
      text: `${HEAD}limits: { pause: soon }\nsteps: [wait-balanced]`,
      flaw: 'limits.pause is "soon"; it must be a duration',
    },
    {
      text: `${HEAD}limits: { pauses: 1s }\nsteps: [wait-balanced]`,
      flaw: 'it must be balance and pause as durations',
    },
    {
      text: `${HEAD}steps: [{ mix: { for: 1m, of: { a: [{ mix: {} }] } } }]`,
      flaw: 'steps.0.mix.of.a.0 is {"mix":{}}; it must be one step',
    },
    {
      text: `${HEAD}steps: [{ roll: { kafka: { HEAP: 1g } } }]`,
      flaw: 'it must be one of consumer, producer, kafka, zookeeper, or {consumer: {NAME: value, …}}',
    },
    { text: `${HEAD}steps: [{ roll: { consumer: {} } }]`, flaw: 'steps.0.roll is {"consumer":{}}' },
    { text: `${HEAD}steps: [{ roll: { consumer: { lower: 1 } } }]`, flaw: 'steps.0.roll is {"consumer":{"lower":1}}' },
    { text: `${HEAD}steps: [{ roll: { consumer: { A: [1] } } }]`, flaw: 'steps.0.roll is {"consumer":{"A":[1]}}' },
    { text: `${HEAD}steps: [{ hold: 1s, kill: any broker }]`, flaw: 'it must be one step' },
  ])('refuses $text', ({ text, flaw }) => {
    expect(readError(text)).toContain(flaw);
  });

  it.each([
    {
      what: 'an alias without its anchor',
      text: 'steps: *there',
      flaw: 'line 3: the alias *there has no anchor &there',
    },
    { what: 'an alias before its anchor', text: 'steps: [*b, &b scale]', flaw: 'line 3: the alias *b has no anchor' },
    { what: 'an alias in itself', text: 'steps: &a\n  - hold: 1s\n  - *a', flaw: 'line 5: the alias *a is a part of' },
    { what: 'a step that is in itself', text: 'steps:\n  - &a { mix: *a }', flaw: 'line 4: the alias *a is a part of' },
    {
      what: 'aliases that multiply',
      text: `a: &a [x]\nb: &b [${'*a,'.repeat(30)}]\nc: &c [${'*b,'.repeat(30)}]\nsteps: [${'*c,'.repeat(30)}]`,
      flaw: 'Excessive alias count',
    },
    { what: 'a key twice', text: 'steps: [uncordon]\nsteps: [uncordon]', flaw: 'Map keys must be unique at line 4' },
    { what: 'the prototype', text: '__proto__: { steps: [uncordon] }', flaw: 'line 3: __proto__ is {"steps"' },
    {
      what: 'the prototype as a step',
      text: 'steps: [{ __proto__: 1 }, constructor]',
      flaw: 'steps.0 is {"__proto__":1}',
    },
    { what: 'the prototype as a limit', text: 'limits: { __proto__: 1 }\nsteps: [uncordon]', flaw: 'line 3: limits' },
    { what: 'two documents', text: 'steps: [uncordon]\n---\na: 1', flaw: 'multiple documents' },
    { what: 'bytes', text: '\u0000\u0001\u0002', flaw: 'is no scenario' },
    { what: 'brackets without end', text: `steps: ${'['.repeat(20_000)}`, flaw: 'line 3: it is nested too deeply' },
    { what: 'wrong steps without end', text: `steps: [${'x,'.repeat(5000)}]`, flaw: 'and 4980 more' },
    {
      what: 'a long wrong step',
      text: `steps: [${'x'.repeat(5000)}]`,
      flaw: `${'x'.repeat(199)}…; it must be one step`,
    },
  ])('refuses $what in sentences', ({ text, flaw }) => {
    const message = readError(`${HEAD}${text}`);
    expect(message).toContain(flaw);
    expect(message.length).toBeLessThan(12_000);
  });

  it('takes an alias for what its anchor stands for', () => {
    const steps = readSteps('  - &pause { hold: 1s }\n  - scale: { consumer: 2 }\n  - *pause\n');
    expect(steps.map(({ kind }) => kind)).toEqual(['hold', 'scale', 'hold']);
  });

  it.each([
    { what: 'a directory', write: (file: string) => mkdirSync(file), flaw: 'EISDIR' },
    { what: 'too long', write: (file: string) => writeFileSync(file, '#'.repeat(2 ** 20 + 1)), flaw: 'is longer than' },
    {
      what: 'no text',
      write: (file: string) => writeFileSync(file, Buffer.from([0x61, 0xff])),
      flaw: 'is no text in UTF-8',
    },
    { what: 'empty', write: (file: string) => writeFileSync(file, ''), flaw: 'it is null' },
  ])('refuses a file that is $what', async ({ write, flaw }) => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'scenario-')), 'mine.yaml');
    write(file);
    await expect(findScenario(file)).rejects.toThrow(flaw);
    await expect(findScenario(file)).rejects.toMatchObject({ code: 'invalid-configuration' });
  });

  it('reads every scenario that comes with the lab', async () => {
    const names = await listScenarios();
    expect(names).toContain('everything');
    for (const name of names) await expect(findScenario(name)).resolves.toMatchObject({ name });
  });

  it('tells which scenarios there are when there is none of that name', async () => {
    await expect(findScenario('scail')).rejects.toThrow(
      /there is no scenario scail; there are cold-start, drain-node, everything,/,
    );
    await expect(findScenario('./nowhere.yaml')).rejects.toThrow(/nowhere\.yaml cannot be read/);
  });
});
