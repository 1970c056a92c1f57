import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../log/create-logger.ts';
import type { ClusterInternals } from '../kafkajs/internals.ts';
import { joinPersistently } from './join-persistently.ts';

const cluster = {
  refreshMetadata: () => Promise.reject(new Error('nobody answers')),
  removeBroker: () => undefined,
} as unknown as ClusterInternals;

function join(errors: Error[], isGivenUp = () => false): Promise<void> {
  const attempt = (): Promise<void> => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve();
  };
  return joinPersistently({ cluster }, attempt, {
    isGivenUp,
    onAttempt: () => undefined,
    logger: createSilentLogger(),
  });
}

describe('joinPersistently', () => {
  it('joins again when the coordinator loads the group, or its connection breaks', async () => {
    const errors = [
      Object.assign(new Error('loading'), { type: 'GROUP_LOAD_IN_PROGRESS', retriable: true }),
      Object.assign(new Error('closed'), { name: 'KafkaJSConnectionClosedError', host: 'h', port: 1 }),
    ];
    await join(errors);
    expect(errors).toEqual([]);
  });

  it('gives up when nobody wants the membership any more', async () => {
    await expect(join([new Error('closed'), new Error('closed')], () => true)).rejects.toThrow('closed');
  });

  it('gives up at an error that joining again cannot mend', async () => {
    const error = Object.assign(new Error('inconsistent'), { retriable: false });
    await expect(join([error, error])).rejects.toThrow('inconsistent');
  });
});
