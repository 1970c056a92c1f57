import { describe, expect, it } from '@jest/globals';
import { buildJavaCommand } from './java-command.ts';
import { renderKafkaConfig, type KafkaConfig } from './kafka-config.ts';
import { renderLog4jConfig } from './log4j-config.ts';
import { renderProperties } from './properties.ts';
import { renderSecurityConfig } from './security-config.ts';
import { renderZooKeeperConfig } from './zookeeper-config.ts';

const servers = [1, 2, 3].map((id) => ({
  id,
  host: `zookeeper-${String(id - 1)}.zk`,
  peerPort: 2888,
  electionPort: 3888,
}));

const kafka: KafkaConfig = {
  brokerId: 1,
  listeners: [
    { name: 'INTERNAL', host: '', port: 29_029, advertisedHost: 'kafka-1.kafka-headless', advertisedPort: 29_029 },
    { name: 'HOST', host: '', port: 9092, advertisedHost: 'localhost', advertisedPort: 9093 },
  ],
  zookeeperConnect: ['zookeeper-0.zk:2181', 'zookeeper-1.zk:2181'],
  zookeeperSessionTimeoutMs: 6000,
  logDir: '/data',
  replicationFactor: 3,
  minInSyncReplicas: 2,
  initialRebalanceDelayMs: 0,
  controlledShutdown: { maxRetries: 2, retryBackoffMs: 700 },
};

describe('renderZooKeeperConfig', () => {
  it('tells every server of the whole ensemble', () => {
    const text = renderZooKeeperConfig({ dataDir: '/data', fixed: { clientPort: 2181, servers } });
    expect(text).toContain('server.1=zookeeper-0.zk:2888:3888\nserver.2=');
    expect(text).toMatch(/^clientPort=2181$/m);
    expect(text).not.toContain('clientPortAddress');
  });

  it('gives no vote to a server whose disk is empty, unless a file says that the ensemble is new', () => {
    const text = renderZooKeeperConfig({ dataDir: '/data', fixed: { clientPort: 2181, servers } });
    expect(text).toMatch(/^db\.autocreate=false$/m);
  });

  it('purges old snapshots and opens no administration port', () => {
    const text = renderZooKeeperConfig({
      dataDir: '/data',
      fixed: { clientPort: 2181, clientAddress: '127.0.0.1', servers },
    });
    expect(text).toContain('autopurge.purgeInterval=1');
    expect(text).toContain('admin.enableServer=false');
    expect(text).toContain('clientPortAddress=127.0.0.1');
  });
});

describe('renderKafkaConfig', () => {
  it('gives brokers their listener among themselves and the host another one', () => {
    const text = renderKafkaConfig(kafka);
    expect(text).toContain('listeners=INTERNAL://:29029,HOST://:9092\n');
    expect(text).toContain('advertised.listeners=INTERNAL://kafka-1.kafka-headless:29029,HOST://localhost:9093\n');
    expect(text).toContain('inter.broker.listener.name=INTERNAL\n');
  });

  it('makes acknowledged mean stored: three copies, two in sync, no unclean leader, no topic by accident', () => {
    const text = renderKafkaConfig(kafka);
    for (const line of [
      'default.replication.factor=3',
      'offsets.topic.replication.factor=3',
      'min.insync.replicas=2',
      'unclean.leader.election.enable=false',
      'auto.create.topics.enable=false',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('names a rack only when there is one', () => {
    expect(renderKafkaConfig(kafka)).not.toContain('broker.rack');
    expect(renderKafkaConfig({ ...kafka, rack: 'zone-a' })).toContain('broker.rack=zone-a');
  });
});

describe('buildJavaCommand', () => {
  it('starts both programs from one folder of jars', () => {
    const shared = { libDir: '/libs', configFile: '/c', log4jFile: '/l', heapMiB: 64, tmpDir: '/tmp' };
    expect(buildJavaCommand({ ...shared, program: 'zookeeper' }).slice(-4)).toEqual([
      '-cp',
      '/libs/*',
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      '/c',
    ]);
    expect(buildJavaCommand({ ...shared, program: 'kafka' })).toContain('-Xmx64m');
  });

  it('names a file of security properties only when there is one', () => {
    const shared = {
      program: 'kafka',
      libDir: '/l',
      configFile: '/c',
      log4jFile: '/l',
      heapMiB: 64,
      tmpDir: '/t',
    } as const;
    expect(buildJavaCommand({ ...shared, securityFile: '/s' })).toContain('-Djava.security.properties=/s');
    expect(buildJavaCommand(shared).join(' ')).not.toContain('security');
  });
});

describe('renderProperties', () => {
  it('refuses a value that would become two lines', () => {
    expect(() => renderProperties({ rack: 'a\nb=c' })).toThrow(/property rack/);
  });

  it('lets a JVM keep an address, or that there is none, for a second', () => {
    expect(renderSecurityConfig()).toBe('networkaddress.cache.ttl=1\nnetworkaddress.cache.negative.ttl=1\n');
  });

  it('renders the log configuration', () => {
    expect(renderLog4jConfig()).toContain('log4j.rootLogger=WARN, stdout\n');
  });
});
