import { describe, expect, it } from '@jest/globals';
import { parseReceipt } from './receipt.ts';

const RECEIPT = {
  topic: 'app',
  partition: 3,
  from: 120,
  to: 168,
  member: 'consumer-2',
  startedAt: '2026-11-22T16:00:10.349Z',
  finishedAt: '2026-11-22T16:00:10.841Z',
};

const parse = (value: unknown) => parseReceipt(Buffer.from(JSON.stringify(value)));

describe('a receipt', () => {
  it('is read with a generation or without one', () => {
    expect(parse(RECEIPT)).toEqual({ receipt: RECEIPT });
    expect(parse({ ...RECEIPT, generation: 5 })).toEqual({ receipt: { ...RECEIPT, generation: 5 } });
  });

  it('is read with count and digest of its records, or with one of them', () => {
    for (const told of [{ records: 49, digest: '00a1b2ff' }, { records: 1 }, { digest: '00a1b2ff' }])
      expect(parse({ ...RECEIPT, ...told })).toEqual({ receipt: { ...RECEIPT, ...told } });
  });

  it('may tell its times by any offset from UTC', () => {
    const times = { startedAt: '2026-11-22T16:00:10.349+00:00', finishedAt: '2026-11-22T18:00:10.841000+02:00' };
    expect(parse({ ...RECEIPT, ...times })).toEqual({ receipt: RECEIPT });
  });

  it.each([
    { what: 'no value', value: null, reason: 'the value is empty' },
    { what: 'bytes', value: Buffer.from([0xff]), reason: 'the value is not UTF-8' },
    { what: 'a torn text', value: Buffer.from('{"topic":'), reason: 'the value is not JSON' },
    { what: 'a list', value: Buffer.from('[1]'), reason: 'the value is no JSON object' },
  ])('is not read from $what', ({ value, reason }) => {
    expect(parseReceipt(value)).toEqual({ reason });
  });

  it.each([
    { given: { partition: undefined }, reason: '`partition` is missing; it must be a whole number, 0 or more' },
    { given: { from: '3' }, reason: '`from` is "3"; it must be a whole number, 0 or more' },
    { given: { from: -1 }, reason: '`from` is -1; it must be a whole number, 0 or more' },
    { given: { to: 119 }, reason: '`to` is 119; it must be an offset that is not before `from`' },
    { given: { member: '' }, reason: '`member` is ""; it must be a string that is not empty' },
    { given: { generation: null }, reason: '`generation` is null; it must be a whole number, 0 or more' },
    { given: { records: 0 }, reason: '`records` is 0; it must be a whole number, 1 or more' },
    { given: { digest: 'A1B2C3D4' }, reason: '`digest` is "A1B2C3D4"; it must be eight lowercase hexadecimal digits' },
    {
      given: { startedAt: '2026-11-22 16:00:10' },
      reason: '`startedAt` is "2026-11-22 16:00:10"; it must be a time such as 2026-11-22T16:00:10.349Z',
    },
    {
      given: { finishedAt: 'x'.repeat(10_000) },
      reason: `\`finishedAt\` is "${'x'.repeat(199)}…; it must be a time such as 2026-11-22T16:00:10.349Z`,
    },
  ])('that is wrong is told with the field and what it must be: $reason', ({ given, reason }) => {
    expect(parse({ ...RECEIPT, ...given })).toEqual({ reason });
  });
});
