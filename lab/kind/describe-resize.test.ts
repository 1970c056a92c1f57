import { describe, expect, it } from '@jest/globals';
import { describeKept, findSizeConflicts, listLeavingServers, type LabSize, type LiveLab } from './describe-resize.ts';

const TOPICS =
  'app.receipts 6 --replication-factor 3 --config min.insync.replicas=2\n' +
  'app 6 --replication-factor 3 --config min.insync.replicas=2\n';

function buildSize(size: Partial<LabSize> = {}): LabSize {
  return { servers: 3, brokers: 3, zones: [], topics: TOPICS, ...size };
}

function buildLive(live: Partial<LiveLab> = {}): LiveLab {
  const copies = new Map([
    ['app-0', [0, 1, 2]],
    ['app-1', [1, 2, 3]],
    ['app.receipts-0', [4, 0, 1]],
  ]);
  const places = [{ pod: 'kafka-0', zone: 'zone-a' }];
  return { ...buildSize(), isEnsembleChangeable: true, copies, places, ...live };
}

describe('findSizeConflicts', () => {
  it.each([
    { title: 'the same size', live: buildLive(), wanted: buildSize() },
    { title: 'more servers and brokers', live: buildLive(), wanted: buildSize({ servers: 5, brokers: 5 }) },
    { title: 'fewer servers', live: buildLive({ servers: 5 }), wanted: buildSize() },
    { title: 'brokers that go without copies', live: buildLive({ brokers: 7 }), wanted: buildSize({ brokers: 5 }) },
    { title: 'more zones', live: buildLive(), wanted: buildSize({ zones: ['zone-a', 'zone-b'] }) },
  ])('has nothing against $title', ({ live, wanted }) => {
    expect(findSizeConflicts(live, wanted)).toEqual([]);
  });

  it('refuses to take brokers away that hold copies, and names some', () => {
    expect(findSizeConflicts(buildLive({ brokers: 5 }), buildSize())).toEqual([
      'kafka-3, kafka-4 would go with copies of 2 partitions (app-1, app.receipts-0): move them to the brokers that stay ' +
        'first, as in docs/kubernetes.md#change-the-number-of-brokers',
    ]);
  });

  it('refuses to take brokers away while nobody tells what they hold', () => {
    expect(findSizeConflicts(buildLive({ brokers: 5, copies: undefined }), buildSize())).toEqual([
      'kafka-3, kafka-4 would go, and kafka-0 does not tell which copies they hold',
    ]);
  });

  it('refuses another number of servers in the same step as to a list that can change', () => {
    const live = buildLive({ isEnsembleChangeable: false });
    expect(findSizeConflicts(live, buildSize())).toEqual([]);
    expect(findSizeConflicts(live, buildSize({ servers: 5 }))).toEqual([
      expect.stringMatching(/^zookeeper\.servers cannot go from 3 to 5 .*: deploy with 3 first$/),
    ]);
  });

  it('refuses zones that leave a volume out', () => {
    expect(findSizeConflicts(buildLive(), buildSize({ zones: ['zone-b'] }))).toEqual([
      'kafka-0 has its volume in zone-a, and only zone-b are wanted: it could run nowhere. Keep zone-a among the zones',
    ]);
  });
});

describe('listLeavingServers', () => {
  it('names the ids of the highest ordinals', () => {
    expect(listLeavingServers(buildSize({ servers: 5 }), buildSize())).toEqual([4, 5]);
    expect(listLeavingServers(buildSize(), buildSize({ servers: 5 }))).toEqual([]);
  });
});

describe('describeKept', () => {
  it('says nothing when nothing is kept', () => {
    expect(describeKept(buildSize(), buildSize({ topics: TOPICS.replace('app 6', 'app 9') }))).toEqual([]);
  });

  it('says that new brokers hold nothing', () => {
    expect(describeKept(buildSize(), buildSize({ brokers: 5 }))).toEqual([
      expect.stringMatching(/^kafka-3, kafka-4 hold no copies yet: Kafka moves none by itself/),
    ]);
  });

  it('names the topics that keep other copies or settings than are wanted now', () => {
    const topics = `${TOPICS.replace('app 6 --replication-factor 3', 'app 6 --replication-factor 5')}new 1\n`;
    expect(describeKept(buildSize(), buildSize({ topics }))).toEqual([
      expect.stringMatching(/^app: a topic that is there keeps its copies and its own settings/),
    ]);
  });
});
