import { describe, expect, it } from '@jest/globals';
import { createPlainConsumer, parseServiceLine } from './consumers.ts';

describe('parseServiceLine', () => {
  it('reads when our consumer was given its partitions', () => {
    const line =
      '{"level":30,"time":1732442400123,"generation":1,"partitions":[0,3],"gained":[0,3],"lost":[],"msg":"consumer-1 owns 2 partitions"}';
    expect(parseServiceLine(line)).toEqual({ atMs: 1_732_442_400_123, partitions: 2 });
  });

  it.each([
    '{"level":30,"time":1732442400123,"partitions":[0],"msg":"consumer-1 gives its partitions up"}',
    '{"level":30,"time":1732442400123,"partition":0,"offset":7,"message":"hello","msg":"processed"}',
    'Error: not JSON',
    'null',
  ])('takes no other line for it: %s', (line) => {
    expect(parseServiceLine(line)).toBeUndefined();
  });
});

describe('a plain consumer', () => {
  const plain = createPlainConsumer('plain', 'work');

  it('says itself when it was given its partitions', () => {
    expect(plain.parseAssigned('{"assigned":{"atMs":7,"partitions":6}}')).toEqual({ atMs: 7, partitions: 6 });
    expect(plain.parseAssigned('{"partition":0,"offset":"7","message":"hello","processed":1}')).toBeUndefined();
  });
});
