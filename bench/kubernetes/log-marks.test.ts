import { describe, expect, it } from '@jest/globals';
import { parseLogMark } from './log-marks.ts';

const AT = Date.parse('2026-05-01T13:59:59.900Z');
const parse = (line: string, near = AT) => parseLogMark(line, 'consumer-x', near);

describe('parseLogMark', () => {
  it.each([
    { line: '[13:59:59.900]: consumer-x serves url=http://0.0.0.0:8001 topic=app group=app', kind: 'serves' },
    { line: '[13:59:59.900]: consumer-x owns 1 partition generation=2 partitions=[3]', kind: 'assigned' },
    { line: '[13:59:59.900]: consumer-x is idle: the group has more members than partitions', kind: 'assigned' },
    { line: '[13:59:59.900]: processed partition=3 offset=41 key=k message=m', kind: 'processed' },
    { line: '[13:59:59.900]: consumer-x ends: it leaves the group now and answers for 2000 ms more', kind: 'ends' },
    { line: '[13:59:59.900]: consumer-x gives its partitions up partitions=[3]', kind: 'released' },
    {
      line: `{"level":30,"time":${String(AT)},"partitions":[3],"msg":"consumer-x owns 1 partition"}`,
      kind: 'assigned',
    },
  ])('reads $line', ({ line, kind }) => {
    expect(parse(line)).toEqual({ kind, replica: 'consumer-x', at: AT });
  });

  it('passes over other lines', () => {
    const lines = ['[13:59:59.900]: consumer-x has ended', '[13:59:59.900]: WARN a client crashed', 'text', '{"cut'];
    expect(lines.map((line) => parse(line))).toEqual(lines.map(() => undefined));
  });

  it('finds the date of a text line, in whatever time zone it was written', () => {
    const nextDay = Date.parse('2026-05-02T00:00:00.100Z');
    expect(parse('[23:59:59.900]: consumer-x serves', nextDay)?.at).toBe(nextDay - 200);
    const inIndia = '[19:29:59.900]: consumer-x serves';
    expect(parse(inIndia, AT + 3000)?.at).toBe(AT);
    expect(parse(inIndia, AT - 3000)?.at).toBe(AT);
  });
});
