import { describe, expect, it } from '@jest/globals';
import type { BenchProcess } from '../bench-process.ts';
import { TracedMembers } from './traced-members.ts';

/** A process that prints and ends when it is told to. */
function createProcess(name: string) {
  const exit = Promise.withResolvers<number | null>();
  const signals: string[] = [];
  let print: (line: string) => void = () => undefined;
  const child: BenchProcess = {
    name,
    pid: 1,
    startedAt: 0,
    exited: exit.promise,
    onLine: (listener) => void (print = listener),
    waitLine: () => Promise.reject(new Error('nothing is waited for')),
    cpuMs: () => 0,
    residentMiB: () => 0,
    kill: (signal) => void signals.push(signal),
    stop: () => Promise.resolve(),
  };
  return { child, signals, print: (line: string) => print(line), exit: () => exit.resolve(1) };
}

describe('TracedMembers', () => {
  it('reads from the lines of its members when they began and what they processed, and keeps the last others', () => {
    const members = new TracedMembers();
    const { child, print } = createProcess('sticky-1');
    expect(members.add(child)).toBe('sticky-1');
    print('{"time":5,"msg":"sticky-1 begins to join"}');
    print('{"time":9,"partition":3,"offset":41,"msg":"processed"}');
    for (const line of ['a', 'b', 'c', 'd', 'e', 'f']) print(line);
    expect(members.beganAt('sticky-1')).toBe(5);
    expect(members.trace).toEqual([{ at: 9, partition: 3, offset: 41, replica: 'sticky-1' }]);
    expect(members.describeLastLines()).toEqual(['b', 'c', 'd', 'e', 'f'].map((line) => `  sticky-1: ${line}`));
  });

  it('misses a member that ended by itself, and none that was ended', async () => {
    const members = new TracedMembers();
    const first = createProcess('sticky-1');
    const second = createProcess('sticky-2');
    for (const { child } of [first, second]) members.add(child);
    members.end('sticky-1', 'SIGTERM');
    expect(first.signals).toEqual(['SIGTERM']);
    expect(members.names).toEqual(['sticky-2']);
    first.exit();
    await new Promise(setImmediate);
    expect(() => members.requireRunning()).not.toThrow();
    second.exit();
    await new Promise(setImmediate);
    expect(() => members.requireRunning()).toThrow('sticky-2 has ended by itself');
  });
});
