import { describe, expect, it } from '@jest/globals';
import { buildReplicaLooks } from './replica-looks.ts';

const NAMES = Array.from({ length: 24 }, (_, index) => `consumer-${index + 1}`);

describe('buildReplicaLooks', () => {
  it('gives each of 24 replicas a colour of its own', () => {
    const looks = buildReplicaLooks(NAMES);
    expect(new Set([...looks.values()].map(({ fill }) => fill)).size).toBe(24);
  });

  it('gives a name one look, however often it comes', () => {
    expect(buildReplicaLooks(['a', 'b', 'a']).size).toBe(2);
  });

  it('has shorter words for narrow bars', () => {
    expect(buildReplicaLooks(['consumer-7d9f8c6b5-x163y']).get('consumer-7d9f8c6b5-x163y')?.labels).toEqual([
      'consumer-7d9f8c6b5-x163y',
      'consumer-…-x163y',
      'x163y',
    ]);
  });

  it('writes light on dark colours', () => {
    const looks = [...buildReplicaLooks(NAMES).values()];
    expect(looks[7]?.ink).toBe('#ffffff');
    expect(looks[3]?.ink).toBe('#10161c');
  });
});
