import type { ClusterConnection } from '../../kafka/cluster-connection.ts';
import { readGroupLog, readGroupLogEnd } from '../../kafka/group-history.ts';
import { createGroupInspector } from '../../kafka/group-inspector.ts';
import { createLogReader } from '../../kafka/log-reader.ts';
import { readTopicSetting } from '../../kafka/read-topic-setting.ts';
import type { CommittedOffset, PoisonRecord } from '../checks/history.ts';
import { createDeadLetterCollector } from './collect-dead-letters.ts';
import { createReceiptCollector } from './collect-receipts.ts';
import type { Evidence, EvidenceSink, RunStart } from './evidence.ts';
import { toGeneration } from './to-generation.ts';
import { createTopicReader, Reach, type Ends } from './topic-reader.ts';

/** The group of a run, and the topics that hold what it did. */
export interface EvidenceNames {
  readonly group: string;
  readonly topic: string;
  readonly receiptsTopic: string;
  readonly deadLettersTopic: string;
}

/** Reads what Kafka holds of a run: from where everything ended before it to where it is over. */
export class EvidenceReader {
  readonly #connection: ClusterConnection;
  readonly #names: EvidenceNames;
  readonly #log;
  readonly #topics;
  readonly #inspector;

  constructor(connection: ClusterConnection, names: EvidenceNames) {
    this.#connection = connection;
    this.#names = names;
    this.#log = createLogReader(connection);
    this.#topics = createTopicReader(this.#log);
    this.#inspector = createGroupInspector(connection);
  }

  async markStart(): Promise<RunStart> {
    const { group, topic, receiptsTopic, deadLettersTopic } = this.#names;
    return {
      log: await this.#readEnds(topic),
      ledger: await this.#readEnds(receiptsTopic),
      deadLetters: await this.#readEnds(deadLettersTopic),
      group: await readGroupLogEnd(this.#log, group),
    };
  }

  /** To be called when every operation has its answer and nothing is left before the end. */
  async read(
    { start, end }: { readonly start: RunStart; readonly end: ReadonlyMap<number, number> },
    sink: EvidenceSink,
  ): Promise<Evidence> {
    const { group, topic, receiptsTopic, deadLettersTopic } = this.#names;
    // Commits first, then receipts to their end: a commit that is ahead of its receipt is then a finding.
    const view = await this.#inspector.inspect(group, topic);
    const readAt = Date.now();
    const writtenEnds = await this.#log.readWrittenEnds(topic);
    const receipts = createReceiptCollector(topic);
    const reach = new Reach(start.log);
    const ledgerRange = await this.#topics.readSince(receiptsTopic, start.ledger, (record) => {
      const receipt = receipts.parse(record);
      if (receipt === undefined) return;
      reach.take(receipt);
      sink.receipt(receipt);
    });
    const logRange = await this.#topics.readLog(topic, { start: start.log, end, reach }, (record) =>
      sink.record(record),
    );
    const letters = createDeadLetterCollector(topic);
    const deadLetters: PoisonRecord[] = [];
    await this.#topics.readSince(deadLettersTopic, start.deadLetters, (record) => {
      const letter = letters.parse(record);
      if (letter !== undefined) deadLetters.push(letter);
    });
    const cleanupPolicy = await readTopicSetting(this.#connection, topic, 'cleanup.policy');
    return {
      partitions: view.partitions.length,
      ...(cleanupPolicy !== undefined && { cleanupPolicy }),
      logRange,
      uncounted: receipts.uncounted,
      ledgerRange,
      committed: view.partitions.map(({ partition, committedOffset }): CommittedOffset => ({
        partition,
        committedOffset,
        readAt,
        logEnd: writtenEnds.get(partition) ?? 0,
      })),
      deadLetters,
      otherLetters: letters.otherLetters,
      ...(await this.#readGroup(start.group, sink)),
    };
  }

  async #readEnds(topic: string): Promise<Ends> {
    return (await this.#log.readRanges(topic)).map(({ partition, end }) => [partition, end]);
  }

  async #readGroup(from: number, sink: EvidenceSink): Promise<Pick<Evidence, 'generations' | 'groupReading'>> {
    const { group, topic } = this.#names;
    const before = await readGroupLog(this.#log, group, { from: 0, to: from });
    const during = await readGroupLog(this.#log, group, { from });
    const commits = during.commits.filter((commit) => commit.topic === topic);
    for (const ofPartition of Map.groupBy(commits, ({ partition }) => partition).values())
      for (const { partition, offset, at } of ofPartition) sink.commit({ partition, offset, at });
    return {
      generations: [...before.generations.slice(-1), ...during.generations].map((one) => toGeneration(one, topic)),
      groupReading: during.isWhole ? 'whole' : 'cut',
    };
  }
}
