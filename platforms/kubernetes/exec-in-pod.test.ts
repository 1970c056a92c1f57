import { describe, expect, it } from '@jest/globals';
import { execInPod } from './exec-in-pod.ts';
import { createFakeClient, type FakePeer } from './testing/fake-sockets.ts';

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

function exec(peer: FakePeer, timeoutMs = 5000) {
  const options = { namespace: 'lab', pod: 'kafka-0', container: 'kafka', command: ['sh', '-c', 'exit 3'], timeoutMs };
  return execInPod(createFakeClient(peer), options);
}

function failWith(causes: readonly { reason: string; message: string }[], message = 'failed'): string {
  return JSON.stringify({ status: 'Failure', message, details: { causes } });
}

describe('execInPod', () => {
  it('gives what a command has written and how it ended', async () => {
    let path = '';
    const result = await exec({
      onConnect: (asked) => (path = asked),
      onOpen: (socket) => {
        socket.receive(STDOUT, 'ou');
        socket.receive(STDERR, 'err');
        socket.receive(STDOUT, 't');
        socket.receive(STATUS, JSON.stringify({ status: 'Success' }));
      },
    });
    expect(result).toEqual({ stdout: 'out', stderr: 'err', exitCode: 0 });
    expect(path).toBe(
      '/api/v1/namespaces/lab/pods/kafka-0/exec?stdout=true&stderr=true&stdin=false&tty=false' +
        '&command=sh&command=-c&command=exit%203&container=kafka',
    );
  });

  it('gives the exit code of a command that fails', async () => {
    const status = failWith([{ reason: 'ExitCode', message: '3' }]);
    const result = await exec({ onOpen: (socket) => socket.receive(STATUS, status) });
    expect(result.exitCode).toBe(3);
  });

  it('has no exit code when the connection ends with the container', async () => {
    const result = await exec({
      onOpen: (socket) => {
        socket.receive(STDOUT, 'done\n');
        socket.close();
      },
    });
    expect(result).toEqual({ stdout: 'done\n', stderr: '', exitCode: undefined });
  });

  it('says why a command could not be run', async () => {
    const status = failWith([], 'container not found ("kafka")');
    await expect(exec({ onOpen: (socket) => socket.receive(STATUS, status) })).rejects.toMatchObject({
      code: 'conflict',
      message: 'could not run a command in kafka-0: container not found ("kafka")',
    });
  });

  it('gives a command that hangs up, and ends its connection', async () => {
    let isTerminated = (): boolean => false;
    const running = exec({ onOpen: (socket) => (isTerminated = () => socket.isTerminated) }, 50);
    await expect(running).rejects.toMatchObject({ code: 'timed-out', retriable: true });
    await new Promise(setImmediate);
    expect(isTerminated()).toBe(true);
  });
});
