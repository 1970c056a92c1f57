import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { labSnapshotSchema } from '../lib/contracts/lab-snapshot.ts';
import {
  buildLabMember,
  createFakeClusterWatch,
  createFakeGroupWatch,
  createFakePlatform,
  NOW,
  type FakeClusterWatch,
  type FakeGroupWatch,
} from './testing/lab-fixture.ts';
import { createLabWatch, type LabWatch, type LabWatchOptions } from './lab-watch.ts';
import type { ServiceSettings } from './service-settings.ts';

const SETTINGS: ServiceSettings = {
  ratePerSecond: 40,
  processingDelayMs: undefined,
  setRate: () => Promise.resolve(),
  setProcessingDelay: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};
/** Longer than what changes together may lie apart. */
const SETTLED_MS = 1000;

describe('createLabWatch', () => {
  let cluster: FakeClusterWatch;
  let app: FakeGroupWatch;
  let orders: FakeGroupWatch;
  let groups: Map<string, FakeGroupWatch>;

  const create = (options: Partial<LabWatchOptions> = {}): LabWatch =>
    createLabWatch({
      platform: createFakePlatform(),
      cluster,
      settings: SETTINGS,
      listGroups: () => groups,
      ...options,
    });

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    cluster = createFakeClusterWatch();
    app = createFakeGroupWatch('app');
    orders = createFakeGroupWatch('orders');
    groups = new Map(Object.entries({ app, orders }));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('joins everything into one document, as the page expects it', () => {
    const snapshot = create().snapshot();
    expect(labSnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot).toMatchObject({
      at: NOW,
      platform: 'kubernetes',
      groups: ['app', 'orders'],
      group: { groupId: 'app' },
      groupContact: { isReachable: true },
      kafka: { isReachable: true, brokers: [{ name: 'kafka-0' }] },
      apiServer: null,
      controls: {
        isReadOnly: false,
        readOnlyReason: null,
        scalable: ['consumer', 'producer'],
        faults: { producer: ['kill'], consumer: ['kill', 'pause'], kafka: [], zookeeper: [] },
      },
      load: { ratePerSecond: 40 },
      processingDelayMs: null,
    });
  });

  it('says that it is read-only and why, whether the API server answers, and what delay was set', () => {
    const apiServer = { isReachable: false, since: NOW };
    const lab = create({
      readOnlyReason: 'it only shows',
      readApiServer: () => apiServer,
      settings: { ...SETTINGS, processingDelayMs: 0 },
    });
    const snapshot = lab.snapshot();
    expect(labSnapshotSchema.parse(snapshot)).toEqual(snapshot);
    expect(snapshot.controls).toMatchObject({ isReadOnly: true, readOnlyReason: 'it only shows' });
    expect(snapshot.apiServer).toEqual(apiServer);
    expect(snapshot.processingDelayMs).toBe(0);
  });

  it('shows the group that is asked for, and its history', () => {
    const lab = create();
    expect(lab.snapshot('orders').group.groupId).toBe('orders');
    expect(lab.history('orders')).toEqual({ groupId: 'orders', samples: [] });
    expect(lab.history().groupId).toBe('app');
  });

  it.each([
    { what: 'a name that no group has', name: 'nobody', known: true, message: 'there is no group nobody' },
    {
      what: 'no name while there is no group',
      name: undefined,
      known: false,
      message: 'there is no group to look at yet',
    },
  ])('says what is wrong with $what', ({ name, known, message }) => {
    if (!known) groups.clear();
    const lab = create();
    const error = expect.objectContaining({ code: 'no-such-target', retriable: true, message }) as unknown;
    expect(() => lab.snapshot(name)).toThrow(error);
    expect(() => lab.history(name)).toThrow(error);
  });

  it('leaves out members when there are too many, and none of the Deployment before others', () => {
    const others = Array.from({ length: 1000 }, (_, index) => buildLabMember(`other-${String(index)}`, { pod: null }));
    app.current = { ...app.current, members: [...others, ...app.current.members] };
    const { members, membersLeftOut } = create().snapshot().group;
    expect(members).toHaveLength(200);
    expect(membersLeftOut).toBe(802);
    expect(members.slice(0, 2).map(({ clientId }) => clientId)).toEqual(['consumer-a', 'consumer-b']);
  });

  it('tells once of what changes together, and again of what changes later', () => {
    const lab = create();
    let told = 0;
    lab.subscribe(() => (told += 1));
    app.announce();
    cluster.announce();
    orders.announce();
    expect(told).toBe(0);
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toBe(1);
    cluster.announce();
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toBe(2);
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toBe(2);
  });

  it('tells in time while something changes all the time', () => {
    const lab = create();
    let told = 0;
    lab.subscribe(() => (told += 1));
    for (let ms = 0; ms < 1000; ms += 10) {
      app.announce();
      jest.advanceTimersByTime(10);
    }
    expect(told).toBeGreaterThanOrEqual(5);
    expect(told).toBeLessThanOrEqual(50);
  });

  it('tells everybody but those who have gone', () => {
    const lab = create();
    const told: string[] = [];
    const leave = lab.subscribe(() => void told.push('a'));
    lab.subscribe(() => void told.push('b'));
    app.announce();
    leave();
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toEqual(['b']);
  });

  it('follows groups that come, and listens no more to those that go', () => {
    const lab = create();
    let told = 0;
    lab.subscribe(() => (told += 1));
    const payments = createFakeGroupWatch('payments');
    groups.set('payments', payments);
    groups.delete('orders');
    lab.touch();
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toBe(1);
    expect(orders.listeners.size).toBe(0);
    expect(app.listeners.size).toBe(1);
    payments.announce();
    jest.advanceTimersByTime(SETTLED_MS);
    expect(told).toBe(2);
  });

  it('follows the new watch of a group whose watch was begun anew', () => {
    const lab = create();
    const renewed = createFakeGroupWatch('app');
    groups.set('app', renewed);
    lab.touch();
    expect(app.listeners.size).toBe(0);
    expect(renewed.listeners.size).toBe(1);
    expect(lab.snapshot('app').group).toBe(renewed.current);
  });
});
