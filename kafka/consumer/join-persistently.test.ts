import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../lib/log/create-logger.ts';
import { typeOf } from '../kafka-error.ts';
import type { ClusterInternals } from '../kafkajs/internals.ts';
import { joinPersistently } from './join-persistently.ts';

const cluster = {
  refreshMetadata: () => Promise.reject(new Error('nobody answers')),
  removeBroker: () => undefined,
} as unknown as ClusterInternals;

interface Joining {
  readonly signal?: AbortSignal;
  readonly refused?: string[];
}

function join(errors: Error[], { signal = new AbortController().signal, refused = [] }: Joining = {}): Promise<void> {
  const attempt = (): Promise<void> => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve();
  };
  return joinPersistently({ cluster }, attempt, {
    signal,
    onAttempt: () => undefined,
    explainRefusal: (error) => Promise.resolve(typeOf(error) === 'GROUP_MAX_SIZE_REACHED' ? 'full' : undefined),
    onRefused: (reason) => refused.push(reason),
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
    const errors = [new Error('closed'), new Error('closed')];
    await expect(join(errors, { signal: AbortSignal.abort() })).rejects.toThrow('closed');
  });

  it('joins again, later, where the group does not take it, and says why', async () => {
    const refused: string[] = [];
    const error = Object.assign(new Error('too many'), { type: 'GROUP_MAX_SIZE_REACHED', retriable: false });
    const startedAt = Date.now();
    await join([error], { refused });
    expect(refused).toEqual(['full']);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('gives up at an error that joining again cannot mend', async () => {
    const error = Object.assign(new Error('inconsistent'), { retriable: false });
    await expect(join([error, error])).rejects.toThrow('inconsistent');
  });
});
