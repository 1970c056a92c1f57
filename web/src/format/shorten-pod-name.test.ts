import { describe, expect, it } from '@jest/globals';
import { shortenPodName } from './shorten-pod-name.ts';

describe('shortenPodName', () => {
  it.each([
    { name: 'consumer-7d9f8c6b5-x163y', short: 'consumer-…-x163y' },
    { name: 'consumer-12', short: 'consumer-12' },
    { name: 'kafka-0', short: 'kafka-0' },
  ])('writes $name as $short', ({ name, short }) => {
    expect(shortenPodName(name)).toBe(short);
  });
});
