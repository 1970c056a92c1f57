import { describe, expect, it } from '@jest/globals';
import { parseConsumerPerformance, parseProducerPerformance } from './java-tools.ts';

const WARNING = 'log4j:WARN No appenders could be found for logger (org.apache.kafka).';
const WINDOW = '150231 records sent, 30046.2 records/sec (5.73 MB/sec), 310.2 ms avg latency, 811.0 ms max latency.';
const PRODUCED =
  '200000 records sent, 69686.4 records/sec (13.29 MB/sec), 312.41 ms avg latency, 845.00 ms max latency, 290 ms 50th, 601 ms 95th, 799 ms 99th, 840 ms 99.9th.';
const COLUMNS =
  'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';
const CONSUMED =
  '2026-11-24 10:00:00:000, 2026-11-24 10:00:01:500, 38.1470, 25.4313, 200000, 133333.3333, 500, 1000, 38.1470, 200000.0000';

describe('parseProducerPerformance', () => {
  it('reads the summary, not the windows before it', () => {
    expect(parseProducerPerformance([WARNING, WINDOW, PRODUCED], 200_000)).toEqual({ recordsPerSecond: 69_686.4 });
  });

  it.each([
    { what: 'no summary', lines: [WARNING, WINDOW], records: 150_231 },
    { what: 'another number of records', lines: [PRODUCED], records: 200_001 },
    { what: 'two summaries', lines: [PRODUCED, PRODUCED], records: 200_000 },
  ])('takes no number from $what', ({ lines, records }) => {
    expect(() => parseProducerPerformance(lines, records)).toThrow('did not tell of');
  });
});

describe('parseConsumerPerformance', () => {
  it('counts the time of fetching, not that of joining the group', () => {
    expect(parseConsumerPerformance([WARNING, COLUMNS, CONSUMED], 200_000)).toEqual({ recordsPerSecond: 200_000 });
  });

  it.each([
    { what: 'no columns', lines: [CONSUMED], records: 200_000 },
    { what: 'other columns', lines: [COLUMNS.replace('MB.sec', 'GB.sec'), CONSUMED], records: 200_000 },
    { what: 'no row', lines: [COLUMNS], records: 200_000 },
    { what: 'fewer records than told', lines: [COLUMNS, CONSUMED], records: 200_001 },
  ])('takes no number from $what', ({ lines, records }) => {
    expect(() => parseConsumerPerformance(lines, records)).toThrow('did not tell of');
  });
});
