import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { createLives, type Lives } from './lives.ts';
import { createFakeClient, type FakePeer } from './testing/fake-sockets.ts';
import { buildPod } from './testing/pod-fixture.ts';

const POD = buildPod({ workload: 'kafka', name: 'kafka-0', uid: 'one' });

/** A pod that answers has time to: what is judged then is how often it is asked. */
function create(peer: FakePeer, keepMs = 10_000, timeoutMs = 5000): Lives {
  return createLives({
    client: createFakeClient(peer),
    namespace: 'lab',
    logger: createSilentLogger(),
    keepMs,
    timeoutMs,
  });
}

/** A pod that tells of one more start each time it is asked. */
function createTellingPeer(): FakePeer & { asked: () => number } {
  let starts = 0;
  return {
    asked: () => starts,
    onOpen: (socket) => {
      starts += 1;
      socket.receive(1, `${String(starts)} 2026-11-22T17:00:00Z running\n`);
      socket.receive(3, JSON.stringify({ status: 'Success' }));
    },
  };
}

describe('createLives', () => {
  it('asks a pod once for all who want to know at about the same time', async () => {
    const peer = createTellingPeer();
    const lives = create(peer);
    const read = await Promise.all([lives.read(POD), lives.read(POD)]);
    expect([...read, await lives.read(POD)].map((life) => life?.starts)).toEqual([1, 1, 1]);
    expect(peer.asked()).toBe(1);
  });

  it('asks again after a moment, and at once when something was done to the pod', async () => {
    const lives = create(createTellingPeer(), 0);
    expect((await lives.read(POD))?.starts).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await lives.read(POD))?.starts).toBe(2);

    const kept = create(createTellingPeer());
    await kept.read(POD);
    kept.invalidate('one');
    expect((await kept.read(POD))?.starts).toBe(2);
  });

  it('does not take an answer from before something was done to the pod', async () => {
    const lives = create(createTellingPeer());
    const read = lives.read(POD);
    lives.invalidate('one');
    expect((await read)?.starts).toBe(2);
  });

  it('goes by the last answer while a pod gives none, and does not wait for it long', async () => {
    let isSilent = false;
    const telling = createTellingPeer();
    const peer: FakePeer = {
      onOpen: (socket, path) => {
        if (!isSilent) telling.onOpen?.(socket, path);
      },
    };
    const lives = create(peer, 10_000, 1000);
    await lives.read(POD);
    isSilent = true;
    lives.invalidate('one');
    expect((await lives.read(POD))?.starts).toBe(1);
    lives.forget('one');
    expect(await lives.read(POD)).toBeUndefined();
  });

  it('does not ask a pod whose container does not run', async () => {
    const peer = createTellingPeer();
    const lives = create(peer);
    const pod = buildPod({ workload: 'kafka', name: 'kafka-0', state: { waiting: { reason: 'CrashLoopBackOff' } } });
    expect(await lives.read(pod)).toBeUndefined();
    expect(peer.asked()).toBe(0);
  });
});
