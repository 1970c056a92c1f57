import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explain, type ExplanationFacts } from './explain.ts';
import { buildMember, buildReplica, buildView, second } from './testing/group-fixture.ts';

interface Story extends Partial<Omit<ExplanationFacts, 'partitions'>> {
  /** Lag of each partition. */
  readonly lags?: readonly number[];
  /** Records that arrive at each partition, a second. */
  readonly arrivals?: readonly number[];
}

const MEMBERS = [buildMember('consumer-1', [0, 1]), buildMember('consumer-2', [2])];
const REPLICAS = [buildReplica('consumer-1'), buildReplica('consumer-2')];

function tell({ lags = [0, 0, 0], arrivals = [], ...facts }: Story) {
  const members = facts.members ?? MEMBERS;
  const view = buildView(members, { partitions: lags.length, offsets: (partition) => [lags[partition] ?? 0, 0] });
  return explain({
    now: second(0),
    groupId: 'app',
    topic: 'app',
    state: 'Stable',
    assignor: 'kafka-lab-sticky',
    coordinator: 2,
    rebalancingForMs: 0,
    longestTimeoutMs: 15_000,
    members,
    partitions: view.partitions.map((one) => ({ ...one, producedPerSecond: arrivals[one.partition] ?? 10 })),
    lag: view.lag,
    producedPerSecond: lags.reduce((sum, _, partition) => sum + (arrivals[partition] ?? 10), 0),
    consumedPerSecond: 30,
    ghosts: new Map(),
    replicas: REPLICAS,
    formerReplicas: new Set(),
    wantedReplicas: 2,
    unreadable: [],
    stuck: [],
    isFallingBehind: false,
    ...facts,
  });
}

const sentenceOf = (rule: string, story: Story): string | undefined =>
  tell(story).find((explanation) => explanation.rule === rule)?.sentence;

describe('explain', () => {
  it('says of a healthy group only how the partitions are shared', () => {
    expect(tell({})).toEqual([
      { rule: 'shares', tone: 'good', sentence: '2 members, 3 partitions: balanced, 1 or 2 each' },
    ]);
  });

  it.each([
    {
      title: 'an uneven group',
      story: { members: [buildMember('consumer-1', [0, 1, 2]), buildMember('consumer-2', [])] },
    },
    {
      title: 'a group with idle members',
      story: { lags: [0], members: [buildMember('consumer-1', [0]), buildMember('consumer-2', [])] },
    },
    { title: 'a group that rebalances', story: { state: 'PreparingRebalance' } },
    { title: 'a group whose topic got partitions', story: { lags: [0, 0, 0, 0] } },
    { title: 'a group without members', story: { members: [], state: 'Empty' } },
  ])('does not call $title good', ({ story }) => {
    expect(tell(story).find(({ rule }) => rule === 'shares')?.tone).toBe('note');
  });

  it.each([
    { title: 'is not there', lags: [], absentPartitions: 0, said: 'there is no topic app: 2 members cannot read it' },
    {
      title: 'was made anew with fewer partitions',
      lags: [0, 0],
      absentPartitions: 1,
      said: /was made anew with fewer/,
    },
  ])('warns of a topic that $title, in place of how it is shared', ({ lags, absentPartitions, said }) => {
    const members = [buildMember('consumer-1', [0]), buildMember('consumer-2', [1], { absentPartitions })];
    const [first, ...others] = tell({ lags, members });
    expect(first).toMatchObject({ rule: 'topic-changed', tone: 'warning' });
    expect(first?.sentence).toMatch(said);
    expect(others).toEqual([]);
  });

  it('takes members that read other topics for no reason to call a group uneven', () => {
    const members = [...MEMBERS, buildMember('reporting', [], { reads: 'other-topics' })];
    expect(tell({ members }).at(-1)).toEqual({
      rule: 'shares',
      tone: 'good',
      sentence: '2 members, 3 partitions: balanced, 1 or 2 each; reporting reads other topics, not app',
    });
  });

  it('names a few of many replicas that are no members', () => {
    const replicas = Array.from({ length: 100 }, (_, index) =>
      buildReplica(`consumer-${String(index)}`, { phase: 'failed' }),
    );
    expect(sentenceOf('not-joined', { replicas, wantedReplicas: 100 })).toMatch(/consumer-7 \(failed\) and 92 more$/);
  });

  it('puts the most important first', () => {
    const rules = tell({
      lags: [5000, 0, 0],
      arrivals: [100, 0, 0],
      ghosts: new Map([['consumer-2-m1', { reason: 'its pod is gone', expiresAt: null }]]),
      stuck: [{ partition: 0, forMs: 70_000 }],
      isFallingBehind: true,
      replicas: [
        buildReplica('consumer-1', { phase: 'unready' }),
        buildReplica('consumer-2'),
        buildReplica('consumer-3', { phase: 'starting' }),
      ],
      members: [...MEMBERS, buildMember('tool', [])],
    }).map(({ rule }) => rule);
    expect(rules).toEqual([
      'ghost',
      'member-down',
      'stuck-commits',
      'hot-partition',
      'falling-behind',
      'not-joined',
      'foreign-members',
      'shares',
    ]);
  });
});

describe('explain, of ghosts', () => {
  const ghost = (expiresAt: number | null) => new Map([['consumer-2-m1', { reason: 'its pod is gone', expiresAt }]]);

  it('says when the group gives a member without a process up', () => {
    expect(sentenceOf('ghost', { ghosts: ghost(second(7.2)) })).toBe(
      'consumer-2 is a member without a process (its pod is gone), which expires in 8 s',
    );
    expect(sentenceOf('ghost', { ghosts: ghost(second(-5)) })).toMatch(/expires in 0 s$/);
    expect(sentenceOf('ghost', { ghosts: ghost(null) })).toMatch(/, which ends with its session$/);
  });

  it('says that a pod is two members', () => {
    const members = [...MEMBERS, buildMember('consumer-2', [], { memberId: 'again' })];
    expect(sentenceOf('ghost', { members, ghosts: ghost(second(3)) })).toBe(
      'two members, one pod: consumer-2 was restarted, and the old one expires in 3 s',
    );
  });
});

describe('explain, of lag', () => {
  it('says that commits stand still for a minute', () => {
    expect(sentenceOf('stuck-commits', { stuck: [{ partition: 1, forMs: 59_999 }] })).toBeUndefined();
    expect(sentenceOf('stuck-commits', { stuck: [{ partition: 1, forMs: 75_400 }] })).toBe(
      'the committed offset of partition 1 has not moved for 75 s while records arrive',
    );
  });

  it('counts only those others that stand still for as long', () => {
    const stuck = [
      { partition: 0, forMs: 300 },
      { partition: 1, forMs: 61_000 },
      { partition: 2, forMs: 90_000 },
    ];
    expect(sentenceOf('stuck-commits', { stuck })).toBe(
      'the committed offset of partition 2 (and of 1 other) has not moved for 90 s while records arrive',
    );
  });

  it('names a hot partition by what arrives there', () => {
    expect(sentenceOf('hot-partition', { lags: [50, 950, 0], arrivals: [5, 90, 5] })).toBe(
      'partition 1 holds 95 % of the lag: one hot key; more replicas do not help, because a key has one partition',
    );
  });

  it.each([
    { title: 'a partition that is behind because nobody consumes it', lags: [0, 950, 0], arrivals: [30, 30, 30] },
    { title: 'a lag that is spread', lags: [400, 600, 300], arrivals: [5, 90, 5] },
    { title: 'a small lag', lags: [0, 90, 0], arrivals: [0, 90, 0] },
    { title: 'an old lag to which nothing is added', lags: [0, 950, 0], arrivals: [0, 0, 0] },
    { title: 'the only partition', lags: [950], arrivals: [90] },
  ])('does not blame a hot key for $title', ({ lags, arrivals }) => {
    expect(sentenceOf('hot-partition', { lags, arrivals })).toBeUndefined();
  });

  it('says that the lag grows, and what would help', () => {
    const story = { lags: [100, 100, 100], consumedPerSecond: 1.2, isFallingBehind: true };
    expect(sentenceOf('falling-behind', story)).toBe(
      '30 records a second arrive and the group consumes 1: the lag grows; up to 3 replicas would share the work',
    );
    const members = [0, 1, 2].map((partition) => buildMember(`consumer-${String(partition)}`, [partition]));
    expect(sentenceOf('falling-behind', { ...story, members })).toMatch(/all partitions have an owner of their own/);
    expect(sentenceOf('falling-behind', { ...story, isFallingBehind: false })).toBeUndefined();
    expect(sentenceOf('falling-behind', { ...story, consumedPerSecond: 30 })).toBeUndefined();
    expect(sentenceOf('falling-behind', { ...story, lags: [20, 20, 20] })).toBeUndefined();
  });
});

describe('explain, of members and replicas', () => {
  const starting = buildReplica('consumer-3', { phase: 'starting' });

  it('says who is on the way', () => {
    expect(sentenceOf('not-joined', { replicas: [...REPLICAS, starting] })).toBe(
      'consumer-3 is on the way: starting, not in the group yet',
    );
    const four = buildReplica('consumer-4', { phase: 'starting' });
    expect(sentenceOf('not-joined', { replicas: [...REPLICAS, starting, four] })).toBe(
      '2 replicas are on the way: starting, not in the group yet',
    );
  });

  it('does not say so of those that are not', () => {
    const ended = (['failed', 'stopped'] as const).map((phase) => buildReplica(`consumer-${phase}`, { phase }));
    expect(sentenceOf('not-joined', { replicas: [...REPLICAS, ...ended] })).toBe(
      'not in the group: consumer-failed (failed), consumer-stopped (stopped)',
    );
    const going = buildReplica('consumer-3', { phase: 'terminating' });
    expect(sentenceOf('not-joined', { replicas: [...REPLICAS, going] })).toBeUndefined();
    expect(sentenceOf('not-joined', { replicas: [...REPLICAS, starting], wantedReplicas: 0 })).toBeUndefined();
  });

  it('names members that are none of the pods, once the pods are known', () => {
    const one = [...MEMBERS, buildMember('tool', [])];
    const three = [...one, buildMember('other', []), buildMember('third', [])];
    expect(sentenceOf('foreign-members', { members: one })).toBe(
      'tool of 10.0.0.1 is a member that is no pod of the Deployment',
    );
    expect(sentenceOf('foreign-members', { members: three })).toBe(
      'tool and 2 others of 10.0.0.1 are members that are no pods of the Deployment',
    );
    expect(sentenceOf('foreign-members', { members: one.map((member) => ({ ...member, host: '' })) })).toMatch(
      /^tool of elsewhere is/,
    );
    expect(sentenceOf('foreign-members', { members: one, replicas: [], wantedReplicas: undefined })).toBeUndefined();
    expect(
      sentenceOf('foreign-members', { members: [buildMember('tool', [])], replicas: [], wantedReplicas: 0 }),
    ).toMatch(/^tool /);
  });

  it('takes a ghost for no foreigner', () => {
    const ghosts = new Map([['consumer-2-m1', { reason: 'its pod is gone', expiresAt: null }]]);
    expect(sentenceOf('foreign-members', { replicas: REPLICAS.slice(0, 1), ghosts })).toBeUndefined();
  });
});

describe('explain, of members that are down', () => {
  const down = (...phases: ('failed' | 'stopped' | 'unready' | 'ready' | 'terminating')[]) => ({
    replicas: phases.map((phase, index) => buildReplica(`consumer-${String(index + 1)}`, { phase })),
  });

  it('says whose partitions nobody reads', () => {
    expect(sentenceOf('member-down', down('failed', 'ready'))).toBe(
      'consumer-1 is failed: nobody reads its partitions 0, 1 until it is back, or its session has ended',
    );
    expect(sentenceOf('member-down', down('ready', 'unready'))).toBe(
      'consumer-2 is unready: nobody reads its partition 2 until it is back, or its session has ended',
    );
    expect(sentenceOf('member-down', down('stopped', 'failed'))).toMatch(
      /^consumer-1 is stopped, and 1 other as well: /,
    );
  });

  it('says nothing of those that work, leave in good order, own nothing, or are ghosts', () => {
    expect(sentenceOf('member-down', down('ready', 'terminating'))).toBeUndefined();
    const ghosts = new Map([['consumer-1-m1', { reason: 'its process has ended', expiresAt: null }]]);
    expect(sentenceOf('member-down', { ...down('failed', 'ready'), ghosts })).toBeUndefined();
    const members = [buildMember('consumer-1', []), buildMember('consumer-2', [0, 1, 2])];
    expect(sentenceOf('member-down', { ...down('failed', 'ready'), members })).toBeUndefined();
  });

  it('takes a replica that is gone and has yet to leave for no foreigner', () => {
    const story = { replicas: REPLICAS.slice(0, 1), formerReplicas: new Set(['consumer-2']) };
    expect(sentenceOf('foreign-members', story)).toBeUndefined();
  });
});

describe('explain, whatever the facts', () => {
  const numbers = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 8 });

  it('says no nonsense', () => {
    const story = fc.record({
      lags: numbers,
      arrivals: numbers,
      state: fc.constantFrom('Stable', 'Empty', 'Dead', 'PreparingRebalance', ''),
      members: fc.array(
        fc
          .record({
            clientId: fc.constantFrom('consumer-1', 'consumer-2', 'tool'),
            owned: fc.array(fc.nat({ max: 9 })),
            memberId: fc.nat().map(String),
            reads: fc.constantFrom('topic', 'other-topics', 'unreadable', 'unknown'),
            absentPartitions: fc.nat({ max: 2 }),
          })
          .map(({ clientId, owned, ...facts }) => buildMember(clientId, owned, facts)),
      ),
      consumedPerSecond: fc.double({ min: 0, max: 1e9, noNaN: true }),
      stuck: fc.array(fc.record({ partition: fc.nat({ max: 9 }), forMs: fc.nat() })),
      isFallingBehind: fc.boolean(),
      wantedReplicas: fc.option(fc.nat({ max: 5 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(story, (facts) => {
        const found = tell(facts);
        const isOfThisTopic =
          facts.lags.length > 0 &&
          facts.members.every(
            ({ partitions, absentPartitions }) =>
              absentPartitions === 0 && partitions.every((partition) => partition < facts.lags.length),
          );
        if (isOfThisTopic) expect(found.at(-1)?.rule).toBe('shares');
        else expect(found.map(({ rule }) => rule)).toContainEqual(expect.stringMatching(/shares|topic-changed/));
        for (const { sentence } of found) {
          expect(sentence).not.toMatch(/NaN|undefined|null|Infinity|\b1 (members|partitions|replicas|others)\b/);
        }
      }),
    );
  });

  it('says where a partition cannot be read, and advises no replicas for that', () => {
    const unreadable = [{ partition: 1, offset: 42, reason: 'it is damaged' }];
    const lags = [0, 500, 500];
    expect(sentenceOf('unreadable', { lags, unreadable })).toBe(
      'partition 1 of app waits at offset 42, which cannot be read: it is damaged; it goes on once that batch is gone, and nothing is skipped',
    );
    const two = [...unreadable, { partition: 2, offset: 7, reason: 'it is damaged' }];
    expect(sentenceOf('unreadable', { lags, unreadable: two })).toMatch(/ \(and so it is with 1 other\); it goes on/);
    expect(sentenceOf('unreadable', { lags })).toBeUndefined();
    expect(
      sentenceOf('falling-behind', { lags, unreadable, isFallingBehind: true, consumedPerSecond: 10 }),
    ).toBeUndefined();
  });

  it('says which partitions the ledger lacks, and advises no replicas for that', () => {
    const lags = [0, 500, 500];
    const ledger = (...partitions: number[]) => ({ topic: 'app.receipts', partitions: new Set(partitions) });
    const behind = { lags, isFallingBehind: true, consumedPerSecond: 10 };
    expect(sentenceOf('without-ledger', { lags, ledger: ledger(0) })).toBe(
      'partitions 1, 2 of app have no partition in app.receipts: nothing of them is committed until they have',
    );
    expect(sentenceOf('without-ledger', { lags, ledger: ledger(0, 1, 7) })).toBe(
      'partition 2 of app has no partition in app.receipts: nothing of it is committed until it has one',
    );
    expect(sentenceOf('without-ledger', { lags })).toBeUndefined();
    expect(sentenceOf('falling-behind', { ...behind, ledger: ledger(0) })).toBeUndefined();
    expect(sentenceOf('falling-behind', { ...behind, ledger: ledger(0, 1, 2) })).toMatch(/the lag grows/);
  });

  it('says what to do about a rebalance that lasts for longer than its members may take', () => {
    const story = { state: 'PreparingRebalance', longestTimeoutMs: 300_000 };
    expect(sentenceOf('stalled-rebalance', { ...story, rebalancingForMs: 304_000 })).toBeUndefined();
    expect(sentenceOf('stalled-rebalance', { ...story, rebalancingForMs: 310_000 })).toMatch(
      /^group app has been rebalancing for 310 s, longer than the rebalance timeout of 300 s: .* broker 2, .* restart the broker$/,
    );
  });

  it('says which assignor a group of others uses that replicas do not get into', () => {
    const story = { assignor: 'range', members: [buildMember('tool', [0, 1, 2])] };
    const end = 'use the assignor range: a replica that does not offer it cannot join';
    expect(sentenceOf('not-joined', story)).toMatch(new RegExp(`not in the group yet; .* ${end}$`));
    const unready = REPLICAS.map((replica) => ({ ...replica, phase: 'unready' as const }));
    expect(sentenceOf('not-joined', { ...story, replicas: unready })).toMatch(new RegExp(`\\(unready\\); .* ${end}$`));
    expect(sentenceOf('not-joined', { assignor: 'range', members: [buildMember('consumer-1', [0])] })).not.toMatch(
      /range/,
    );
  });
});
