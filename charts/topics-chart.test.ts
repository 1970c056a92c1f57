import { describe, expect, it } from '@jest/globals';
import { buildTopicSpecs } from '../lib/contracts/topics.ts';
import { findObject, synthesize, withoutScripts, type SynthesizedObject } from './testing/synthesize.ts';
import { TopicsChart, type TopicsChartProps } from './topics-chart.ts';

const SIZING = { partitions: 6, replicationFactor: 3, minInSyncReplicas: 2 };

function build(props: TopicsChartProps = {}) {
  return synthesize((app) => new TopicsChart(app, 'topics', props));
}

function findJob(objects: readonly SynthesizedObject[]) {
  return objects.find(({ kind }) => kind === 'Job');
}

describe('TopicsChart', () => {
  it('lists the topics of the contract with their copies, in-sync replicas and limits', () => {
    expect(findObject(build(), 'ConfigMap', 'topics-config').data?.['topics']?.split('\n')).toEqual([
      'app.receipts 6 --replication-factor 3 --config min.insync.replicas=2 --config retention.ms=86400000 --config retention.bytes=268435456 --config message.timestamp.type=LogAppendTime',
      'app.dead-letters 1 --replication-factor 3 --config min.insync.replicas=2 --config retention.ms=86400000 --config retention.bytes=67108864',
      'app 6 --replication-factor 3 --config min.insync.replicas=2 --config retention.ms=86400000 --config retention.bytes=268435456',
      '',
    ]);
  });

  it('is another Job for other topics, because no Job can be changed, and the same one for the same topics', () => {
    const name = findJob(build())?.metadata.name;
    expect(name).toMatch(/^topics-[0-9a-f]{8}$/);
    expect(findJob(build())?.metadata.name).toBe(name);
    const others = build({ topics: buildTopicSpecs({ ...SIZING, partitions: 9 }) });
    expect(findJob(others)?.metadata.name).not.toBe(name);
  });

  it('ends at last, with or without brokers', () => {
    expect(findJob(build())?.spec).toMatchObject({
      activeDeadlineSeconds: 1800,
      backoffLimit: 10,
      template: { spec: { restartPolicy: 'OnFailure' } },
    });
  });

  it.each<{ problem: string; props: TopicsChartProps; message: RegExp }>([
    {
      problem: 'more copies than brokers',
      props: { brokers: 2 },
      message: /^topics: topic app\.receipts has 3 copies on 2 brokers/,
    },
    {
      problem: 'as many in-sync replicas as copies',
      props: { topics: buildTopicSpecs({ ...SIZING, minInSyncReplicas: 3 }) },
      message: /topic app demands 3 in-sync replicas of 3 copies/,
    },
  ])('refuses $problem', ({ props, message }) => {
    expect(() => build(props)).toThrow(message);
  });

  it('matches its snapshot', () => {
    expect(withoutScripts(build())).toMatchSnapshot();
  });
});
