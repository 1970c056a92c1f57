import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeMetadata, type PartitionMetadata } from '../testing/encode-metadata.ts';

/*
 * The scripts run as they are, in the shell that is here. What they ask over the network is answered by a `nc` of ours:
 * it prints the file that is named after the port, and keeps what it was sent beside it. A file that appears is whole:
 * what is written while somebody looks gets its name when it is done.
 */

const SCRIPTS = import.meta.dirname;
const FAKE_NC = `#!/bin/sh
case $1 in
  -h) exit 0 ;;
  -l) cat >"$ANSWERS/announced-$3.new"; mv "$ANSWERS/announced-$3.new" "$ANSWERS/announced-$3"; sleep 0.1; exit 0 ;;
esac
shift 2
cat >"$ANSWERS/sent-$2"
cat "$ANSWERS/$2" 2>/dev/null
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafka-lab-scripts-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'nc'), FAKE_NC);
  chmodSync(join(folder, 'bin', 'nc'), 0o755);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The command that runs a script as the pod would, with our `nc` first on the path. */
function buildCommand(script: string, args: readonly string[], podName: string): readonly [string, string[]] {
  const shell = ['sh', '-c', 'PATH="$0:$PATH" exec sh "$@"', join(folder, 'bin'), join(SCRIPTS, script)];
  return ['env', [`POD_NAME=${podName}`, `ANSWERS=${folder}`, `RUN_DIR=${folder}`, ...shell, ...args]];
}

function run(script: string, args: readonly string[], podName = 'kafka-1') {
  const { pid, status, stdout, stderr } = spawnSync(...buildCommand(script, args, podName), { encoding: 'utf8' });
  return { pid, status, stdout, stderr };
}

function start(script: string, args: readonly string[], podName = 'kafka-1') {
  return spawn(...buildCommand(script, args, podName), { detached: true });
}

function answer(port: number, content: string | Buffer): void {
  writeFileSync(join(folder, 'answer.new'), content);
  renameSync(join(folder, 'answer.new'), join(folder, String(port)));
}

function partition(topic: string, number: number, leader: number, inSync: readonly number[]): PartitionMetadata {
  return { topic, partition: number, leader, replicas: [0, 1, 2], inSync };
}

describe('every script', () => {
  const names = readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh'));

  it.each(names)('%s is understood by a plain shell', (name) => {
    expect(execFileSync('sh', ['-n', join(SCRIPTS, name)], { encoding: 'utf8' })).toBe('');
  });
});

/** The list of an ensemble whose server n listens for clients at 2180 + n, with what each may do. */
function listServers(roles: readonly string[]): string {
  return roles
    .map((role, index) => {
      const id = String(index + 1);
      return `server.${id}=zookeeper-${String(index)}.zk:2888:3888:${role};0.0.0.0:${String(2181 + index)}\n`;
    })
    .join('');
}

function wantServers(count: number): void {
  writeFileSync(join(folder, 'servers'), listServers(Array<string>(count).fill('participant')));
  writeFileSync(join(folder, 'zoo.cfg'), 'tickTime=1000\n');
}

describe('launch-zookeeper.sh', () => {
  const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';
  const VOTERS = ['participant', 'participant', 'participant'];
  let dataDir: string;
  const launched: ChildProcess[] = [];

  beforeEach(() => {
    dataDir = join(folder, 'data', 'zookeeper');
    wantServers(3);
  });

  afterEach(() => {
    for (const { pid, exitCode } of launched.splice(0))
      if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
  });

  function launch(podName: string) {
    const child = start('launch-zookeeper.sh', [folder, dataDir, 'cat', `${dataDir}/conf/zoo.cfg`], podName);
    launched.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, ended, read: () => output };
  }

  function serve(port: number, roles: readonly string[]): void {
    answer(port, `clientPort=2181\nmembership: \n${listServers(roles)}version=100000000`);
  }

  /** Data of a server that has acknowledged something, and the list that it keeps. */
  function storeData(roles: readonly string[]): void {
    mkdirSync(join(dataDir, 'version-2'), { recursive: true });
    mkdirSync(join(dataDir, 'conf'));
    writeFileSync(join(dataDir, 'version-2', 'log.100000001'), '');
    writeFileSync(join(dataDir, 'conf', 'zoo.cfg.dynamic.100000000'), listServers(roles));
    const kept = `dynamicConfigFile=${dataDir}/conf/zoo.cfg.dynamic.100000000\n`;
    writeFileSync(join(dataDir, 'conf', 'zoo.cfg'), `tickTime=7\n${kept}`);
  }

  const readList = () => readFileSync(join(dataDir, 'conf', 'zoo.cfg.dynamic'), 'utf8');
  const isTrusted = () => existsSync(join(dataDir, 'initialize'));

  it('writes the id that the ordinal gives, and founds an ensemble of one by itself', async () => {
    wantServers(1);
    const { ended, read } = launch('zookeeper-0');
    expect(await ended).toBe(0);
    expect(read()).toMatch(/tickTime=1000\ndynamicConfigFile=.*\/conf\/zoo\.cfg\.dynamic\n$/);
    expect(readFileSync(join(dataDir, 'myid'), 'utf8')).toBe('1\n');
    expect(readList()).toBe(listServers(['participant']));
    expect(isTrusted()).toBe(true);
  });

  it('founds an ensemble when every other server has said that it is new, and knows this one', async () => {
    answer(2181, 'new 1 greets 2 3 \n');
    answer(2182, NOT_SERVING);
    const { ended } = launch('zookeeper-2');
    await waitFor(() => (existsSync(join(folder, 'announced-2183')) ? true : undefined));
    expect(readFileSync(join(folder, 'announced-2183'), 'utf8')).toMatch(/^new 3 greets 1 \n/);
    expect(isTrusted()).toBe(false);
    answer(2182, 'new 2 greets 1 \n');
    await waitFor(() =>
      readFileSync(join(folder, 'announced-2183'), 'utf8') === 'new 3 greets 1 2 \n' ? true : undefined,
    );
    expect(isTrusted()).toBe(false);
    // It has been greeted, and runs by now.
    answer(2182, NOT_SERVING);
    expect(await ended).toBe(0);
    expect(isTrusted()).toBe(true);
    expect(readList()).toBe(listServers(VOTERS));
  });

  it('founds an ensemble though the others are not heard at the same time', async () => {
    answer(2181, 'new 1 greets 3 \n');
    answer(2182, '');
    const { ended, read } = launch('zookeeper-2');
    await waitFor(() => (read().includes('not so yet: 2 (') ? true : undefined));
    // Somebody else asks them both at the moment.
    answer(2181, '');
    await waitFor(() => (read().includes('(attempt 2)') ? true : undefined));
    expect(isTrusted()).toBe(false);
    answer(2182, 'new 2 greets 3 \n');
    expect(await ended).toBe(0);
    expect(isTrusted()).toBe(true);
    expect(readList()).toBe(listServers(VOTERS));
  });

  it.each([
    { title: 'another server has data and does not serve', others: [NOT_SERVING, 'new 2 greets 1 3 \n'] },
    { title: 'another server is not there', others: ['', 'new 2 greets 1 3 \n'] },
  ])('does not trust its empty disk while $title', async ({ others }) => {
    others.forEach((text, index) => answer(2181 + index, text));
    const { read } = launch('zookeeper-2');
    await waitFor(() => (read().includes('(attempt 2)') ? true : undefined));
    expect(read()).toMatch(/^server 3 has an empty disk, and waits .*; not so yet: 1 \(attempt 1\)\n/);
    expect(isTrusted()).toBe(false);
  });

  it('takes a person for it that the disk is to be trusted', async () => {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, 'initialize'), '');
    const { ended } = launch('zookeeper-2');
    expect(await ended).toBe(0);
    expect(readList()).toBe(listServers(VOTERS));
  });

  it('joins servers that serve as an observer, whatever number of servers is wanted', async () => {
    wantServers(5);
    serve(2182, VOTERS);
    const { ended } = launch('zookeeper-4');
    expect(await ended).toBe(0);
    const own = listServers([...VOTERS, '', 'observer']).split('\n')[4] ?? '';
    expect(readList()).toBe(`${listServers(VOTERS)}${own}\n`);
    expect(isTrusted()).toBe(false);
  });

  it('does not vote with an empty disk in an ensemble that serves, though it has a vote there', async () => {
    serve(2181, VOTERS);
    const { ended } = launch('zookeeper-2');
    expect(await ended).toBe(0);
    expect(readList()).toBe(listServers(VOTERS));
    expect(isTrusted()).toBe(false);
  });

  it.each([
    { title: 'nobody else serves', answers: ['', NOT_SERVING] },
    { title: 'the others serve and know it', answers: [`membership: \n${listServers(VOTERS)}`, ''] },
  ])('starts with the list that it keeps, not with the one that is wanted, when $title', async ({ answers }) => {
    storeData(VOTERS);
    wantServers(5);
    answers.forEach((text, index) => answer(2181 + index, text));
    const { ended, read } = launch('zookeeper-2');
    expect(await ended).toBe(0);
    expect(read()).toMatch(/^tickTime=1000\ndynamicConfigFile=.*\.dynamic\.100000000\n$/);
  });

  it('comes back as an observer when it has lost its vote meanwhile', async () => {
    storeData(['participant', 'participant', 'participant', 'participant']);
    wantServers(4);
    serve(2181, VOTERS);
    const { ended } = launch('zookeeper-3');
    expect(await ended).toBe(0);
    expect(readList()).toMatch(/^server\.4=.*:observer;0\.0\.0\.0:2184$/m);
  });

  it('starts with the list that all have in a file when its data are from before lists could change', async () => {
    mkdirSync(join(dataDir, 'version-2'), { recursive: true });
    writeFileSync(join(dataDir, 'version-2', 'snapshot.300000007'), '');
    answer(2181, 'conf is not executed because it is not in the whitelist.\n');
    const { ended } = launch('zookeeper-2');
    expect(await ended).toBe(0);
    expect(readList()).toBe(listServers(VOTERS));
    expect(isTrusted()).toBe(false);
  });

  describe('beside the server', () => {
    beforeEach(() => {
      writeFileSync(
        join(folder, 'bin', 'java'),
        `#!/bin/sh\necho "$@" >"$ANSWERS/change"\nmv "$ANSWERS/change" "$ANSWERS/changes"\n`,
      );
      chmodSync(join(folder, 'bin', 'java'), 0o755);
      storeData(VOTERS);
    });

    /** A server that runs until it is ended. */
    function launchServer(podName: string): void {
      launched.push(start('launch-zookeeper.sh', [folder, dataDir, 'sh', '-c', PROGRAM], podName));
    }

    const waitChanges = () =>
      waitFor(() => (existsSync(join(folder, 'changes')) ? readFileSync(join(folder, 'changes'), 'utf8') : undefined));

    it('asks for its vote when it serves as an observer', async () => {
      wantServers(4);
      serve(2184, [...VOTERS, 'observer']);
      launchServer('zookeeper-3');
      expect(await waitChanges()).toMatch(
        /^@.*\/zookeeper-client\.args -server 127\.0\.0\.1:2184 reconfig -add server\.4=.*:participant;0\.0\.0\.0:2184\n/,
      );
    });

    it('takes the vote of a server that is neither wanted nor there, and of no other', async () => {
      serve(2183, [...VOTERS, 'participant', 'participant']);
      answer(2184, 'imok');
      launchServer('zookeeper-2');
      expect(await waitChanges()).toMatch(/ reconfig -remove 5\n$/);
    });
  });
});

/** A program that writes its process id, and ends with 7 soon after it was told to. */
const PROGRAM = 'trap "sleep 0.2; exit 7" TERM; echo "$$"; while :; do sleep 0.05; done';

/** What the probe gives, as soon as it gives anything; the test's time limit bounds the wait. */
async function waitFor<T>(probe: () => T | undefined): Promise<T> {
  for (;;) {
    const value = probe();
    if (value !== undefined) return value;
    await delay(20);
  }
}

describe('supervise.sh', () => {
  const launched: ChildProcess[] = [];

  afterEach(() => {
    // With all that it has started: whoever keeps the pipe open keeps the test run from its end.
    for (const { pid, exitCode } of launched.splice(0))
      if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
  });

  function supervise(program = PROGRAM) {
    wantServers(1);
    const child = start('launch-zookeeper.sh', [folder, join(folder, 'data'), 'sh', '-c', program], 'zookeeper-0');
    launched.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const readLife = (): string => readFileSync(join(folder, 'life'), 'utf8').trim();
    const readPids = (): number[] => lines.filter((line) => /^\d+$/.test(line)).map(Number);
    // The program may say its first word before its launcher has noted that it runs.
    const waitLife = (count: number, noted = count): Promise<number> =>
      waitFor(() => {
        const isNoted = readPids().length === count && new RegExp(`^${String(noted)} .* running$`).test(readLife());
        return isNoted ? readPids().at(-1) : undefined;
      });
    return { child, lines, ended, readLife, waitLife };
  }

  it('starts a killed program again and again, and keeps count', async () => {
    const { readLife, waitLife, lines, child, ended } = supervise();
    for (const life of [1, 2, 3]) {
      const pid = await waitLife(life);
      expect(readLife()).toMatch(new RegExp(`^${String(life)} \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}Z running$`));
      if (life < 3) process.kill(pid, 'SIGKILL');
    }
    expect(lines).toContain('the program was killed by signal 9; it is started again');
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  it('forgets at each start that the program had been ready', async () => {
    const { waitLife } = supervise();
    const pid = await waitLife(1);
    writeFileSync(join(folder, 'been-ready'), '');
    process.kill(pid, 'SIGKILL');
    await waitLife(2);
    expect(readdirSync(folder)).not.toContain('been-ready');
  });

  it.each([0, 1, 3])('ends with a program that ends with %d by itself', async (code) => {
    expect(await supervise(`exit ${String(code)}`).ended).toBe(code);
  });

  it('hands a TERM on, waits for the end of the program, and takes its exit code', async () => {
    const { waitLife, child, ended } = supervise();
    await waitLife(1);
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await ended).toBe(7);
  });

  it('leaves a program stopped that was stopped, until it is wanted again', async () => {
    const { waitLife, readLife } = supervise();
    const pid = await waitLife(1);
    writeFileSync(join(folder, 'stop-wanted'), '');
    process.kill(pid, 'SIGTERM');
    const isStopped = () => (readLife().endsWith(' stopped') ? true : undefined);
    await waitFor(isStopped);
    expect(readLife()).toMatch(/^1 /);
    rmSync(join(folder, 'stop-wanted'));
    await waitLife(2);
    expect(readLife()).toMatch(/^2 .* running$/);
  });

  it('goes on counting, and stays stopped, in a new container of the pod', async () => {
    writeFileSync(join(folder, 'life'), '4 2026-01-31T12:00:00Z running\n');
    writeFileSync(join(folder, 'stop-wanted'), '');
    const { readLife, waitLife } = supervise();
    const isStopped = () => (readLife() === '4 2026-01-31T12:00:00Z stopped' ? true : undefined);
    await waitFor(isStopped);
    rmSync(join(folder, 'stop-wanted'));
    await waitLife(1, 5);
    expect(readLife()).toMatch(/^5 /);
  });

  it('ends at once when it is told to while the program is stopped', async () => {
    writeFileSync(join(folder, 'stop-wanted'), '');
    const { child, ended, lines } = supervise();
    await waitFor(() => lines[0]);
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });
});

describe('the port of a program', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());
  const close = () => new Promise((resolve) => server.close(resolve));

  it('is open while somebody listens', async () => {
    expect(run('is-listening.sh', [String(port)])).toMatchObject({ status: 0, stdout: '' });
    await close();
    expect(run('is-listening.sh', [String(port)])).toMatchObject({
      status: 1,
      stdout: `port ${String(port)} is not open\n`,
    });
  });

  it('is open at any address, of either family', async () => {
    await close();
    server = createServer().listen(0, '::');
    await once(server, 'listening');
    expect(run('is-listening.sh', [String((server.address() as AddressInfo).port)])).toMatchObject({ status: 0 });
  });

  it.each([
    { state: 'running', isOpen: true, status: 0 },
    { state: 'running', isOpen: false, status: 1 },
    { state: 'waiting', isOpen: false, status: 0 },
    { state: 'stopped', isOpen: false, status: 0 },
  ])(
    'is-alive.sh ends with $status for a program that is $state, port open: $isOpen',
    async ({ state, isOpen, status }) => {
      writeFileSync(join(folder, 'life'), `1 2026-01-31T12:00:00Z ${state}\n`);
      if (!isOpen) await close();
      expect(run('is-alive.sh', [String(port)])).toMatchObject({ status });
    },
  );

  it('is-alive.sh fails where nothing was launched', () => {
    expect(run('is-alive.sh', [String(port)])).toMatchObject({ status: 1 });
  });

  it('is-ready.sh wants the broker in sync once in a life, and then only its port', async () => {
    const check = () => run('is-ready.sh', [String(port), join(folder, 'logs')], 'kafka-1');
    const behind = encodeMetadata([0, 1], [partition('app', 0, 0, [0])]);
    answer(port, behind);
    expect(check()).toMatchObject({ status: 1, stdout: 'broker 1 is behind on 1 partitions, as app-0\n' });
    answer(port, encodeMetadata([0, 1], [partition('app', 0, 0, [0, 1])]));
    expect(check()).toMatchObject({ status: 0 });
    answer(port, behind);
    expect(check()).toMatchObject({ status: 0 });
    await close();
    expect(check()).toMatchObject({ status: 1 });
  });
});

describe('is-serving.sh', () => {
  it.each(['leader', 'follower', 'standalone'])('takes a %s for serving', (mode) => {
    answer(2181, `Zookeeper version: 3.8.4\nMode: ${mode}\nNode count: 5\n`);
    expect(run('is-serving.sh', ['2181'])).toMatchObject({ status: 0, stdout: '' });
    expect(readFileSync(join(folder, 'sent-2181'), 'utf8')).toBe('srvr');
  });

  it('does not take a server without a quorum for serving, and says what it answered', () => {
    answer(2181, 'This ZooKeeper instance is not currently serving requests\n');
    expect(run('is-serving.sh', ['2181'])).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/not currently serving/) as unknown,
    });
  });

  it('says when there is no answer', () => {
    expect(run('is-serving.sh', ['2181'])).toMatchObject({ status: 1, stdout: 'no answer at port 2181\n' });
  });
});

describe('metadata.sh', () => {
  it('asks for all topics in the bytes of the protocol', () => {
    run('metadata.sh', ['127.0.0.1', '29029']);
    const request = Buffer.concat([
      Buffer.from([0, 0, 0, 19, 0, 3, 0, 1, 0, 0, 0, 1, 0, 5]),
      Buffer.from('probe'),
      Buffer.from([255, 255, 255, 255]),
    ]);
    expect(readFileSync(join(folder, 'sent-29029'))).toEqual(request);
  });

  it('prints brokers and partitions, also those without a leader', () => {
    const partitions = [
      partition('app', 0, 2, [2, 0]),
      partition('app', 300, -1, []),
      partition('__consumer_offsets', 1, 0, [0, 1, 2]),
    ];
    answer(29_029, encodeMetadata([0, 258], partitions));
    expect(run('metadata.sh', ['127.0.0.1', '29029'])).toMatchObject({
      status: 0,
      stdout: [
        'broker 0',
        'broker 258',
        'partition app 0 2 0,1,2 2,0',
        'partition app 300 -1 0,1,2 -',
        'partition __consumer_offsets 1 0 0,1,2 0,1,2',
        '',
      ].join('\n'),
    });
  });

  it.each<{ name: string; content: Buffer }>([
    { name: 'nothing', content: Buffer.alloc(0) },
    { name: 'half an answer', content: encodeMetadata([0, 1], [partition('app', 0, 0, [0])]).subarray(0, 40) },
  ])('fails on $name and prints nothing', ({ content }) => {
    answer(29_029, content);
    expect(run('metadata.sh', ['127.0.0.1', '29029'])).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('is-in-sync.sh', () => {
  function check() {
    return run('is-in-sync.sh', ['29029', join(folder, 'logs')], 'kafka-1');
  }

  function storePartition(directory: string): void {
    mkdirSync(join(folder, 'logs', directory), { recursive: true });
  }

  it('passes when the broker is in sync wherever there is a leader', () => {
    answer(29_029, encodeMetadata([0, 1], [partition('app', 0, 0, [0, 1]), partition('app', 1, -1, [2])]));
    expect(check()).toMatchObject({ status: 0, stdout: '' });
  });

  it('passes on a new cluster, which has no partitions', () => {
    answer(29_029, encodeMetadata([1], []));
    expect(check()).toMatchObject({ status: 0 });
  });

  it('does not look at partitions of other brokers', () => {
    const elsewhere = { ...partition('app', 0, 0, [0]), replicas: [0, 10, 11] };
    answer(29_029, encodeMetadata([0, 1, 10, 11], [elsewhere]));
    expect(check()).toMatchObject({ status: 0 });
  });

  it('fails while the broker is behind, and says on how many partitions', () => {
    const behind = [partition('app', 0, 0, [0, 2]), partition('app', 1, 0, [0, 10, 11])];
    answer(29_029, encodeMetadata([0, 1, 2], [...behind, partition('app', 2, 0, [0, 1, 2])]));
    expect(check()).toMatchObject({ status: 1, stdout: 'broker 1 is behind on 2 partitions, as app-1\n' });
  });

  it('fails while the broker is not known, or not up', () => {
    const unknown = { status: 1, stdout: 'broker 1 does not know itself yet\n' };
    expect(check()).toMatchObject(unknown);
    answer(29_029, encodeMetadata([0, 11], []));
    expect(check()).toMatchObject(unknown);
  });

  it('does not take an empty answer for the truth when there are partitions on the disk', () => {
    answer(29_029, encodeMetadata([0, 1], []));
    storePartition('app-0.4e1f-delete');
    expect(check()).toMatchObject({ status: 0 });
    storePartition('app-0');
    expect(check()).toMatchObject({
      status: 1,
      stdout: 'broker 1 does not know the partitions on its disk yet\n',
    });
  });
});

describe('launch-kafka.sh', () => {
  const noSession = 'SessionTracker dump:\nephemeral nodes dump:\n0x1:\n\t/brokers/ids/10\n\t/controller\n';
  const oldSession = `${noSession}0x2:\n\t/brokers/ids/1\nConnections dump:\n`;

  beforeEach(() => {
    const servers = [2181, 2182, 2183].map((port) => `zookeeper:${String(port)}`).join(',');
    writeFileSync(join(folder, 'server-1.properties'), `broker.id=1\nzookeeper.connect=${servers}\n`);
  });

  function launch() {
    const link = join(folder, 'server.properties');
    const child = start('launch-kafka.sh', [folder, link, 'grep', 'broker.id', link]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const waits = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    return { child, waits, ended, read: () => output };
  }

  it('becomes the broker with the configuration of its ordinal when a majority knows no session of it', async () => {
    answer(2181, noSession);
    answer(2183, noSession);
    const { ended, read } = launch();
    expect(await ended).toBe(0);
    expect(read()).toBe('broker.id=1\n');
  });

  it('waits for a quorum, says so, and goes on when there is one', async () => {
    answer(2181, noSession);
    answer(2182, 'This ZooKeeper instance is not currently serving requests\n');
    const { waits, ended, read } = launch();
    await waits;
    answer(2182, noSession);
    expect(await ended).toBe(0);
    expect(read()).toMatch(/^broker 1 waits for a ZooKeeper quorum: 1 of 3 servers serve \(attempt 1\)\n/);
    expect(read()).toMatch(/broker\.id=1\n$/);
  });

  it('waits while any server still lists the session of its earlier life', async () => {
    answer(2181, noSession);
    answer(2182, noSession);
    answer(2183, oldSession);
    const { waits, ended, read } = launch();
    await waits;
    answer(2183, noSession);
    expect(await ended).toBe(0);
    expect(read()).toMatch(/^broker 1 waits for the earlier ZooKeeper session of broker 1 to end \(attempt 1\)\n/);
  });

  it('stops at once when it is told to while it waits', async () => {
    const { child, waits, ended } = launch();
    await waits;
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
  });
});

describe('create-topics.sh', () => {
  beforeEach(() => {
    const tool = join(folder, 'bin', 'java');
    writeFileSync(tool, '#!/bin/sh\necho "$@"\n');
    chmodSync(tool, 0o755);
    writeFileSync(
      join(folder, 'topics'),
      'app.receipts 6 --replication-factor 3\napp 6 --replication-factor 3 --config a=1\n',
    );
  });

  function createTopics() {
    return run('create-topics.sh', ['kafka:29029', '2', join(folder, 'topics'), 'java', '-cp', '/libs/*', 'Tool']);
  }

  it('creates what is missing', () => {
    answer(29_029, encodeMetadata([0, 1], []));
    expect(createTopics()).toMatchObject({
      status: 0,
      stdout:
        '-cp /libs/* Tool --bootstrap-server kafka:29029 --create --if-not-exists --topic app.receipts --partitions 6 --replication-factor 3\n' +
        '-cp /libs/* Tool --bootstrap-server kafka:29029 --create --if-not-exists --topic app --partitions 6 --replication-factor 3 --config a=1\n',
    });
  });

  it('raises partitions, never lowers them, and tells receipts from app', () => {
    const receipts = [0, 1, 2, 3].map((number) => partition('app.receipts', number, 0, [0]));
    const app = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((number) => partition('app', number, 0, [0]));
    answer(29_029, encodeMetadata([0, 1], [...receipts, ...app]));
    expect(createTopics()).toMatchObject({
      status: 0,
      stdout:
        '-cp /libs/* Tool --bootstrap-server kafka:29029 --alter --topic app.receipts --partitions 6\n' +
        'app.receipts: raised from 4 to 6 partitions\n' +
        'app: is there with 9 partitions\n',
    });
  });

  it('fails when the tool fails, so that the Job tries again', () => {
    writeFileSync(join(folder, 'bin', 'java'), '#!/bin/sh\nexit 1\n');
    answer(29_029, encodeMetadata([0, 1], []));
    expect(createTopics().status).toBe(1);
  });

  it('waits for all brokers', async () => {
    answer(29_029, encodeMetadata([0], []));
    const child = start('create-topics.sh', ['kafka:29029', '2', join(folder, 'topics'), 'java']);
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    expect(line).toBe('waiting for brokers: 1 of 2 (attempt 1)\n');
    answer(29_029, encodeMetadata([0, 1], []));
    child.stdout.resume();
    expect(await ended).toBe(0);
  });
});
