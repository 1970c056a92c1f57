import { describe, expect, it } from '@jest/globals';
import { AppError } from '../errors/app-error.ts';
import { buildProblem } from './problem.ts';

describe('buildProblem', () => {
  it('takes the status and title from the table, the sentence and facts from the error', () => {
    const error = new AppError('record-too-large', 'It has 2 MiB.', { details: { maxBytes: 1 } });
    expect(buildProblem(error)).toEqual({
      status: 413,
      headers: { 'content-type': 'application/problem+json' },
      document: {
        type: 'urn:kafka-lab:problem:record-too-large',
        title: 'The record is larger than Kafka takes',
        status: 413,
        detail: 'It has 2 MiB.',
        code: 'record-too-large',
        maxBytes: 1,
      },
    });
  });

  it.each([
    { name: 'a foreign error', error: new Error('password=secret') },
    { name: 'a thrown string', error: 'secret' },
    { name: 'an internal error', error: new AppError('internal', 'secret', { details: { secret: 'secret' } }) },
  ])('tells nothing of $name', ({ error }) => {
    const answer = buildProblem(error);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it.each([
    { retryAfterSeconds: 2.1, header: '3' },
    { retryAfterSeconds: undefined, header: '1' },
    { retryAfterSeconds: 'soon', header: '1' },
    { retryAfterSeconds: -5, header: '1' },
  ])('says when to come again: $retryAfterSeconds as $header', ({ retryAfterSeconds, header }) => {
    const error = new AppError('kafka-unavailable', 'No broker.', { details: { retryAfterSeconds } });
    expect(buildProblem(error)).toMatchObject({ status: 503, headers: { 'retry-after': header } });
  });

  it('lets no detail take the place of a member', () => {
    const error = new AppError('conflict', 'Twice.', { details: { status: 200, code: 'fine', detail: 'x' } });
    expect(buildProblem(error).document).toMatchObject({ status: 409, code: 'conflict', detail: 'Twice.' });
  });
});
