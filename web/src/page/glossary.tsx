const WORDS = [
  {
    word: 'Partition',
    meaning: 'A topic is cut into partitions. Within one, records keep their order, so one member reads it at a time.',
  },
  {
    word: 'Consumer group',
    meaning: 'Consumers that share the partitions of a topic. Each partition has one owner; a member can own many.',
  },
  {
    word: 'Rebalance',
    meaning:
      'When members come or go, the group decides anew who owns what. Partitions that move pause meanwhile; of cooperative members the others go on.',
  },
  {
    word: 'Static member',
    meaning: 'A member with an id of its own. Back within its session, it goes on where it was, and nobody notices.',
  },
  { word: 'Generation', meaning: 'The number of the group’s current assignment. Each rebalance makes a new one.' },
  { word: 'Lag', meaning: 'Records that are written to a partition, and not yet committed by the group.' },
  {
    word: 'Idle',
    meaning: 'A member without a partition: with more members than partitions, some have nothing to read.',
  },
  {
    word: 'Ghost',
    meaning: 'A member whose process is gone, while the group still waits for it. Its partitions are read by nobody.',
  },
  { word: 'In-sync replicas', meaning: 'Copies of a partition that have all of its acknowledged records.' },
  { word: 'Quorum', meaning: 'More than half of the ZooKeeper servers. Without it, no new leader can be chosen.' },
];

/** The field's words, for those who meet them first here. */
export function Glossary() {
  return (
    <details class="panel glossary">
      <summary>What the words mean</summary>
      <dl>
        {WORDS.map(({ word, meaning }) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
