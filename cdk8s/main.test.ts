import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const FILES = [
  'namespace',
  'consumer-group-crd',
  'network-policies',
  'zookeeper',
  'kafka',
  'topics',
  'kafdrop',
  'producer',
  'consumer',
  'operator',
  'consumer-group',
].map((name, index) => `${String(index).padStart(4, '0')}-${name}.k8s.yaml`);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kafka-lab-synth-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function synthesize(...args: readonly string[]) {
  const entry = join(import.meta.dirname, 'main.ts');
  return spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });
}

function readManifests(output: string) {
  return readdirSync(output).map((name) => [name, readFileSync(join(output, name), 'utf8')]);
}

describe('node cdk8s/main.ts', () => {
  it('writes one file for each chart, byte by byte the same each time, and removes what an earlier synth left', () => {
    const output = join(folder, 'kind');
    expect(synthesize('--output', output)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^kind: 11 manifests in .*kind\/\n$/) as unknown,
    });
    const first = readManifests(output);
    expect(first.map(([name]) => name)).toEqual(FILES);

    writeFileSync(join(output, '0011-gone.k8s.yaml'), 'kind: Gone\n');
    writeFileSync(join(output, 'mine.txt'), 'kept\n');
    expect(synthesize('kind', '--output', output).status).toBe(0);
    expect(readManifests(output)).toEqual([...first, ['mine.txt', 'kept\n']]);
  });

  it('takes images from the command line before those of the environment', () => {
    const output = join(folder, 'images');
    const images = ['--image', 'consumer=localhost/lab/consumer:abc', '--image', 'kafka=mirror:5000/kafka:1'];
    expect(synthesize('large', ...images, '--output', output).status).toBe(0);
    const text = (name: string) => readFileSync(join(output, name), 'utf8');
    expect(text('0008-consumer.k8s.yaml')).toContain('image: localhost/lab/consumer:abc\n');
    expect(text('0004-kafka.k8s.yaml')).toContain('image: mirror:5000/kafka:1\n');
  });

  it.each<{ problem: string; args: readonly string[]; message: RegExp }>([
    {
      problem: 'an image without a name',
      args: ['--image', 'x:1'],
      message: /^--image is "x:1"; it must be NAME=IMAGE\n$/,
    },
    {
      problem: 'an image of nothing',
      args: ['--image', 'broker=x:1'],
      message:
        /images\.broker is "x:1"; there is no such setting here, only kafka, kafdrop, producer, consumer, operator/,
    },
    {
      problem: 'an unknown environment',
      args: ['small'],
      message: /^there is no environment "small", only kind, large\n$/,
    },
    {
      problem: 'two environments',
      args: ['kind', 'large'],
      message: /^one environment at a time, not kind and large\n$/,
    },
    { problem: 'an unknown option', args: ['--out', 'x'], message: /^Unknown option '--out'/ },
  ])('ends with 2 and one sentence for $problem, and writes nothing', ({ args, message }) => {
    const output = join(folder, 'none');
    expect(synthesize(...args, '--output', output)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(message) as unknown,
    });
    expect(existsSync(output)).toBe(false);
  });
});
