import { AppError } from '../../lib/errors/app-error.ts';

/** As the scripts that Kafka ships start these tools. */
const HEAP = '-Xmx512m';

interface JavaToolOptions {
  readonly jarsDir: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly records: number;
}

/** The command line of Kafka's own load tool, with its batches tuned for throughput. */
export function buildProducerPerformance(options: JavaToolOptions & { readonly recordBytes: number }): string[] {
  const { jarsDir, brokers, topic, records, recordBytes } = options;
  return [
    ...buildJava(jarsDir, 'ProducerPerformance'),
    ...['--topic', topic],
    ...['--num-records', String(records)],
    ...['--record-size', String(recordBytes)],
    ...['--throughput', '-1'],
    '--producer-props',
    `bootstrap.servers=${brokers.join(',')}`,
    'acks=all',
    'linger.ms=5',
    'batch.size=65536',
  ];
}

/** The command line of Kafka's own reading tool. */
export function buildConsumerPerformance(options: JavaToolOptions & { readonly groupId: string }): string[] {
  const { jarsDir, brokers, topic, records, groupId } = options;
  return [
    ...buildJava(jarsDir, 'ConsumerPerformance'),
    ...['--bootstrap-server', brokers.join(',')],
    ...['--topic', topic],
    ...['--messages', String(records)],
    ...['--group', groupId],
    ...['--timeout', '30000'],
  ];
}

function buildJava(jarsDir: string, tool: string): readonly string[] {
  return ['java', HEAP, '-cp', `${jarsDir}/*`, `org.apache.kafka.tools.${tool}`];
}

const PRODUCED =
  /^(\d+) records sent, (\d+(?:\.\d+)?) records\/sec \(\d+(?:\.\d+)? MB\/sec\), .* ms avg latency, .* ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$/;

/**
 * The rate in the last line of ProducerPerformance, from its first record to its last acknowledgement.
 *
 * @throws AppError `process-failed` when it did not store exactly as many records as told
 */
export function parseProducerPerformance(lines: readonly string[], records: number): { recordsPerSecond: number } {
  const summaries = lines.map((line) => PRODUCED.exec(line)).filter((match) => match !== null);
  const [, sent, rate] = summaries[0] ?? [];
  if (summaries.length !== 1 || Number(sent) !== records) throw unreadable('ProducerPerformance', records, lines);
  return { recordsPerSecond: Number(rate) };
}

const CONSUMER_COLUMNS =
  'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';

/**
 * The rate that ConsumerPerformance tells, without the time it took to join its group.
 *
 * @throws AppError `process-failed` when it did not read exactly as many records as told
 */
export function parseConsumerPerformance(lines: readonly string[], records: number): { recordsPerSecond: number } {
  const head = lines.indexOf(CONSUMER_COLUMNS);
  const columns = CONSUMER_COLUMNS.split(', ');
  const values = (head === -1 ? '' : (lines[head + 1] ?? '')).split(', ');
  const read = (column: string): number => Number(values[columns.indexOf(column)]);
  const fetchMs = read('fetch.time.ms');
  if (values.length !== columns.length || read('data.consumed.in.nMsg') !== records || !(fetchMs > 0)) {
    throw unreadable('ConsumerPerformance', records, lines);
  }
  return { recordsPerSecond: (records * 1000) / fetchMs };
}

function unreadable(tool: string, records: number, lines: readonly string[]): AppError {
  const said = lines.slice(-5).join('\n');
  return new AppError('process-failed', `${tool} did not tell of ${String(records)} records; it said last:\n${said}`);
}
