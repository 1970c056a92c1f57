/** `lab verify` as it is typed: what it prints, what it saves, and what is left when it dies. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { savedRunSchema } from '../../lib/contracts/saved-run.ts';
import { waitUntil } from '../../platforms/wait-until.ts';
import { type, TypedCommand } from '../typed-command.ts';

jest.setTimeout(240_000);

const LAB = 'PATH="$PWD/node_modules/.bin:$PATH" node lab/main.ts';

describe('lab verify', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'kafka-lab-'));
  const folders = `--data ${path.join(dir, 'lab')} --out ${path.join(dir, 'runs')}`;
  const writeScenario = (name: string, steps: string): string => {
    const file = path.join(dir, `${name}.yaml`);
    writeFileSync(file, `name: ${name}\ndescription: For a test.\nsteps:\n${steps}`);
    return file;
  };
  const findRun = (name: string): string => {
    const runs = path.join(dir, 'runs');
    const found = existsSync(runs) ? readdirSync(runs).find((run) => run.startsWith(`${name}-1-local-`)) : undefined;
    if (found === undefined) throw new Error(`there is no run ${name}`);
    return path.join(runs, found);
  };
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('kills a consumer, passes, and saves a run that tells all of it', async () => {
    const { code, output } = await type(`${LAB} verify kill-consumer --json ${folders}`);
    const [json = ''] = output.split('\n').filter((line) => line.startsWith('{"verdict"'));
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(JSON.parse(json)).toMatchObject({ verdict: 'pass', runs: [{ scenario: 'kill-consumer', seed: 1 }] });
    expect(output).toMatch(/kill consumer-\d \(the consumer that owns most\)/);

    const run = findRun('kill-consumer');
    const saved = savedRunSchema.parse(JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8')));
    const owned = new Set(saved.ownership.map(({ partition }) => partition));
    expect([...owned].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(saved.rebalances.map(({ cause }) => cause.kind)).toContain('killed');
    expect(saved.pauses.some(({ from, to }) => to - from > 5000)).toBe(true);
    expect(saved.percentiles.map(({ name }) => name)).toEqual([
      'time to balance',
      'pause of a partition',
      'acknowledgement',
      'stored to processed',
    ]);
    expect(readFileSync(path.join(run, 'run.html'), 'utf8')).toContain(saved.runId);
    expect(readFileSync(path.join(run, 'junit.xml'), 'utf8')).toContain('failures="0" errors="0"');
    expect(output).toContain('run.html');

    const again = await type(`${LAB} judge ${run}`);
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toMatch(/^verdict: pass$/m);
    const exam = await type(`${LAB} exam ${run} --trials 2`);
    expect(exam).toMatchObject({ code: 0 });
    expect(exam.output).toMatch(/^nothing that is untrue passes$/m);
    expect(readdirSync(path.join(run, 'output'))).toContain('consumer-1.log');
    const page = path.join(dir, 'comparison.html');
    const compared = await type(`${LAB} compare ${run} ${run} --out ${page}`);
    expect(compared).toMatchObject({ code: 0 });
    expect(existsSync(page)).toBe(true);
  });

  it('is unknown, not pass, when a step cannot be done here', async () => {
    const steps = '  - load: { rate: 50 }\n  - hold: 2s\n  - drain: the node of any consumer\n  - hold: 1s\n';
    const { code, output } = await type(`${LAB} verify ${writeScenario('drained', steps)} ${folders}`);
    expect({ code, output }).toMatchObject({ code: 2 });
    expect(output).toMatch(/cannot be done here: /);
    expect(output).toMatch(/pass +nothing-acknowledged-lost/);
    expect(output).toMatch(/^verdict: unknown$/m);
  });

  it('tells what is wrong with a scenario before it starts anything', async () => {
    const { code, output } = await type(`${LAB} verify ${writeScenario('flawed', '  - kil: x\n')} ${folders}`);
    expect(code).toBe(2);
    expect(output).toMatch(/line 4: steps\.0 is \{"kil":"x"\}; it must be one step/);
    expect(output).not.toContain('starting');
  });

  it('leaves what can be judged when it is killed, from the lab that still has it', async () => {
    // Slowly: where the last twenty records were not answered yet, it cannot be judged whether all were lost.
    const steps = '  - load: { rate: 20 }\n  - hold: 60s\n';
    const killed = new TypedCommand(`${LAB} verify ${writeScenario('killed', steps)} ${folders}`);
    await killed.waitFor('hold for 60 s', 90_000);
    await waitUntil(() => countAcknowledged(path.join(findRun('killed'), 'history.jsonl')) > 100 || undefined, {
      what: 'acknowledged records in the journal',
      timeoutMs: 30_000,
    });
    process.kill(-(killed.child.pid ?? 0), 'SIGKILL');
    await killed.finished;
    const run = findRun('killed');

    const judge = `${LAB} judge ${run} --data ${path.join(dir, 'lab')}`;
    const alone = await type(judge);
    // The next lab on the folder ends what the killed one has left running, whatever is expected below.
    const lab = new TypedCommand(`${LAB} up --ports auto --data ${path.join(dir, 'lab')}`);
    await lab.waitFor(/Ctrl-C/, 120_000);
    const again = await type(judge);
    await lab.interrupt();

    expect(alone).toMatchObject({ code: 2 });
    expect(alone.output).toMatch(/unknown steps-done .*hold for 60 s\) was under way when the run ended/);
    expect(alone.output).toMatch(/unknown nothing-acknowledged-lost/);
    expect(again).toMatchObject({ code: 2 });
    expect(again.output).toMatch(/pass +nothing-acknowledged-lost +[\d,]+ records acknowledged/);
    expect(again.output).toMatch(/^verdict: unknown$/m);
  });
});

/** How many records a journal says are stored; its last line may not be whole. */
function countAcknowledged(file: string): number {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines
    .filter((line) => line.startsWith('{"kind":"ok"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { offsets: unknown[] }).offsets.length, 0);
}
