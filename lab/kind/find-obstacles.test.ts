import { describe, expect, it } from '@jest/globals';
import { findMissingImages, type PodObject } from './find-obstacles.ts';

const NOW = Date.parse('2026-01-31T12:05:00Z');

function buildPod(reason: string | undefined, startTime = '2026-01-31T12:00:00Z'): PodObject {
  const state = reason === undefined ? { running: {} } : { waiting: { reason } };
  return {
    metadata: { name: 'kafdrop-1', labels: { 'app.kubernetes.io/name': 'kafdrop' } },
    status: { startTime, containerStatuses: [{ image: 'somewhere/kafdrop:1', ready: false, state }] },
  };
}

describe('findMissingImages', () => {
  it.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName'])('names workload and image for %s', (reason) => {
    expect(findMissingImages([buildPod(reason)], NOW)).toEqual([
      { workload: 'kafdrop', sentence: 'the image somewhere/kafdrop:1 cannot be pulled' },
    ]);
  });

  it.each([
    { title: 'a pod that runs', pod: buildPod(undefined) },
    { title: 'a container that is being made', pod: buildPod('ContainerCreating') },
    { title: 'a pull that failed a moment ago', pod: buildPod('ErrImagePull', '2026-01-31T12:04:30Z') },
    { title: 'a pod that is not scheduled', pod: { metadata: { name: 'a' }, status: {} } },
  ])('says nothing of $title', ({ pod }) => {
    expect(findMissingImages([pod], NOW)).toEqual([]);
  });
});
