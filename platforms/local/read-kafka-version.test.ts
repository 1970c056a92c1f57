import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readKafkaVersion } from './read-kafka-version.ts';

describe('the version of Kafka in a folder of jars', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'jars-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('is unknown without the broker’s jar, or without the folder', async () => {
    await writeFile(path.join(dir, 'kafka-clients-3.8.0.jar'), '');
    expect(await readKafkaVersion(dir)).toBeUndefined();
    expect(await readKafkaVersion(path.join(dir, 'none'))).toBeUndefined();
  });

  it('is that of the broker’s jar', async () => {
    await writeFile(path.join(dir, 'kafka_2.13-3.9.2.jar'), '');
    expect(await readKafkaVersion(dir)).toBe('3.9.2');
  });
});
