import type { Construct } from 'constructs';
import { renderZooKeeperClientArguments } from '../lib/cluster-config/java-command.ts';
import { renderVoter, renderZooKeeperConfig } from '../lib/cluster-config/zookeeper-config.ts';
import { NAMESPACE, PORTS } from '../lib/contracts/addresses.ts';
import { CONFIG_DIR, runScript } from './constructs/config-files.ts';
import { JavaStatefulSet, LIB_DIR, LOG4J_FILE, nameDataDir, namePodHosts } from './constructs/java-stateful-set.ts';
import { LabChart, type LabChartProps } from './constructs/lab-chart.ts';
import { TMP_DIR } from './constructs/pod-template.ts';
import { LIVENESS, probeCommand } from './constructs/probes.ts';
import { checkEnsemble, refuse } from './constructs/rules.ts';
import { buildService } from './constructs/service.ts';
import { IMAGES, ZOOKEEPER_DEFAULTS } from './defaults.ts';

/** How many servers the ensemble has, and what each may use. */
export interface ZooKeeperChartProps extends LabChartProps {
  /**
   * Servers of the ensemble, an odd number.
   *
   * @default 3
   */
  readonly servers?: number;

  /**
   * An image with Kafka's jars, which carry ZooKeeper's, with java on the path.
   *
   * @default IMAGES.kafka
   */
  readonly image?: string;

  /**
   * Largest heap, in MiB.
   *
   * @default 64
   */
  readonly heapMiB?: number;

  /**
   * Memory at which the kernel kills a server, in MiB.
   *
   * @default 256
   */
  readonly memoryLimitMiB?: number;

  /**
   * Size of each server's volume, in GiB.
   *
   * @default 1
   */
  readonly storageGiB?: number;

  /**
   * Storage class of the volumes.
   *
   * @default the cluster's default class
   */
  readonly storageClass?: string;

  /**
   * Zones to run in and to spread evenly over.
   *
   * @default none demanded; the servers are spread as far as the cluster allows
   */
  readonly zones?: readonly string[];
}

/** What `java @FILE` runs as ZooKeeper's client; membership.sh names it. */
const ZOOKEEPER_CLIENT_FILE = 'zookeeper-client.args';

/**
 * A ZooKeeper ensemble: stable ids from the ordinals, ready only as a member of a quorum. It may grow and shrink while
 * it serves: ZooKeeper itself decides who votes, and the launchers ask it to.
 */
export class ZooKeeperChart extends LabChart {
  /** `host:port` of every server, for the brokers. */
  readonly serverAddresses: readonly string[];

  constructor(scope: Construct, id: string, props: ZooKeeperChartProps = {}) {
    super(scope, id, 'zookeeper', props);
    const servers = props.servers ?? ZOOKEEPER_DEFAULTS.servers;
    refuse(this, [checkEnsemble(servers)]);

    const { zookeeper: client, zookeeperPeer: peer, zookeeperElection: election } = PORTS;
    const hosts = namePodHosts('zookeeper', servers, props.namespace ?? NAMESPACE);
    const dataDir = nameDataDir('zookeeper');
    const isAlive = runScript('is-alive.sh', String(client));
    this.serverAddresses = hosts.map((host) => `${host}:${String(client)}`);

    new JavaStatefulSet(this, 'ensemble', {
      program: 'zookeeper',
      image: props.image ?? IMAGES.kafka,
      replicas: servers,
      launcher: ['launch-zookeeper.sh', CONFIG_DIR, dataDir],
      // The launcher writes it: ZooKeeper notes in it where it keeps the newest list of servers.
      configFile: `${dataDir}/conf/zoo.cfg`,
      files: {
        'zoo.cfg': renderZooKeeperConfig({ dataDir, isListeningOnAllAddresses: true }),
        servers: hosts
          .map((host, ordinal) => ({ id: ordinal + 1, host, peerPort: peer, electionPort: election }))
          .map((server) => renderVoter(server, client))
          .join(''),
        [ZOOKEEPER_CLIENT_FILE]: renderZooKeeperClientArguments({
          libDir: LIB_DIR,
          log4jFile: LOG4J_FILE,
          tmpDir: TMP_DIR,
        }),
      },
      scripts: ['is-serving.sh', 'membership.sh'],
      ports: { client, peer, election },
      probes: {
        // Alive is who runs, with or without a quorum: a restart would not bring the others back.
        startup: probeCommand(isAlive, { periodSeconds: 3, failureThreshold: 40 }),
        readiness: probeCommand(runScript('is-serving.sh', String(client)), {
          periodSeconds: 5,
          failureThreshold: 3,
          timeoutSeconds: 10,
        }),
        liveness: probeCommand(isAlive, LIVENESS),
      },
      heapMiB: props.heapMiB ?? ZOOKEEPER_DEFAULTS.heapMiB,
      nonHeapMiB: ZOOKEEPER_DEFAULTS.nonHeapMiB,
      memoryLimitMiB: props.memoryLimitMiB ?? ZOOKEEPER_DEFAULTS.memoryLimitMiB,
      cpuRequestMillis: 50,
      storageGiB: props.storageGiB ?? ZOOKEEPER_DEFAULTS.storageGiB,
      ...(props.storageClass !== undefined && { storageClass: props.storageClass }),
      terminationGracePeriodSeconds: 30,
      ...(props.zones && { zones: props.zones }),
    });

    buildService(this, 'client', { name: 'zookeeper', tier: 'zookeeper', ports: { client } });
  }
}
