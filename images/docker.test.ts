import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDocker } from './docker.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'docker-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A docker that is this script. */
async function createScriptedDocker(script: string) {
  const command = path.join(folder, 'docker');
  await writeFile(command, `#!/bin/sh\n${script}\n`);
  await chmod(command, 0o755);
  return createDocker(command);
}

const request = {
  tag: 'some:tag',
  context: 'folder',
  dockerfile: 'Dockerfile',
  buildArguments: { TITLE: 'some title' },
};

describe('createDocker', () => {
  it('says what to do where docker is not installed', async () => {
    await expect(createDocker(path.join(folder, 'no-docker')).requireEngine()).rejects.toMatchObject({
      code: 'missing-requirement',
      message: expect.stringContaining('install Docker'),
    });
  });

  it('says what to do where no engine runs, and what docker said', async () => {
    const docker = await createScriptedDocker('echo "Cannot connect to the Docker daemon" >&2; exit 1');
    await expect(docker.requireEngine()).rejects.toMatchObject({
      code: 'missing-requirement',
      message: expect.stringMatching(/start Docker.*Cannot connect to the Docker daemon/),
    });
  });

  it('knows whether there is an image by what inspect answers', async () => {
    const docker = await createScriptedDocker('test "$1 $2 $5" = "image inspect some:tag"');
    await expect(docker.requireEngine()).rejects.toMatchObject({ code: 'missing-requirement' });
    expect(await docker.hasImage('some:tag')).toBe(true);
    expect(await docker.hasImage('other:tag')).toBe(false);
  });

  it('hands the request to docker build', async () => {
    const docker = await createScriptedDocker('echo "$@" >&2; exit 1');
    await expect(docker.buildImage({ ...request, platform: 'linux/arm64' })).rejects.toMatchObject({
      message: expect.stringContaining(
        'build --tag some:tag --file Dockerfile --platform linux/arm64 --build-arg TITLE=some title folder',
      ),
    });
  });

  it('ends with the last lines that docker said when it cannot build', async () => {
    const docker = await createScriptedDocker('seq 100; echo "pull access denied" >&2; exit 1');
    await expect(docker.buildImage(request)).rejects.toMatchObject({
      code: 'process-failed',
      message: expect.stringMatching(/^docker could not build some:tag:\n82\n[^]*\n100\npull access denied$/),
    });
  });
});
