import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../lib/errors/app-error.ts';
import { translateKubeError } from './kube-errors.ts';

const CALL = { what: 'list the pods', context: 'kind-kafka-lab', server: 'https://127.0.0.1:6443' };

function answered(code: number, body: unknown): Error {
  return Object.assign(new Error(`HTTP-Code: ${String(code)}`), { code, body });
}

interface Case {
  readonly what: string;
  readonly thrown: unknown;
  readonly code: string;
  readonly retriable: boolean;
  readonly message: string;
}

const cases: readonly Case[] = [
  {
    what: 'a missing object',
    thrown: answered(404, JSON.stringify({ message: 'pods "a" not found' })),
    code: 'no-such-target',
    retriable: false,
    message: 'could not list the pods: pods "a" not found',
  },
  {
    what: 'a lack of rights',
    thrown: answered(403, { message: 'pods is forbidden: User "a" cannot list' }),
    code: 'process-failed',
    retriable: false,
    message: 'could not list the pods: pods is forbidden: User "a" cannot list',
  },
  {
    what: 'an object that somebody else has just changed',
    thrown: answered(409, { message: 'the object has been modified' }),
    code: 'conflict',
    retriable: true,
    message: 'could not list the pods: the object has been modified',
  },
  {
    what: 'a value that is not taken',
    thrown: answered(422, { message: 'spec.replicas: Invalid value: -1' }),
    code: 'invalid-request',
    retriable: false,
    message: 'could not list the pods: spec.replicas: Invalid value: -1',
  },
  {
    what: 'an API server with too much to do',
    thrown: answered(429, 'slow down'),
    code: 'process-failed',
    retriable: true,
    message: 'could not list the pods: slow down',
  },
  {
    what: 'a watch that was refused',
    thrown: Object.assign(new Error('Gone'), { statusCode: 503 }),
    code: 'process-failed',
    retriable: true,
    message: 'could not list the pods: the API server answered 503',
  },
  {
    what: 'a refused WebSocket',
    thrown: { type: 'error', message: 'Unexpected server response: 404' },
    code: 'no-such-target',
    retriable: false,
    message: 'could not list the pods: the API server answered 404',
  },
  {
    what: 'silence, whose error has a number that is no status',
    thrown: new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    code: 'timed-out',
    retriable: true,
    message:
      'could not list the pods: the API server https://127.0.0.1:6443 of context kind-kafka-lab did not answer in time',
  },
  {
    what: 'a closed port',
    thrown: Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6443'), { code: 'ECONNREFUSED' }),
    }),
    code: 'process-failed',
    retriable: true,
    message:
      'could not list the pods: the API server https://127.0.0.1:6443 of context kind-kafka-lab cannot be reached ' +
      '(ECONNREFUSED); `make kind-up` starts the cluster',
  },
];

describe('translateKubeError', () => {
  it.each(cases)('gives $what a code and a sentence', ({ thrown, code, retriable, message }) => {
    const error = translateKubeError(thrown, CALL);
    expect({ code: error.code, retriable: error.retriable, message: error.message }).toEqual({
      code,
      retriable,
      message,
    });
  });

  it('leaves our own errors as they are', () => {
    const ours = new AppError('conflict', 'it is not paused');
    expect(translateKubeError(ours, CALL)).toBe(ours);
  });

  it('advises kind only where the context is one of kind', () => {
    expect(translateKubeError(new Error('no route'), { ...CALL, context: 'work' }).message).toMatch(/\(no route\)$/);
  });
});
