import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { buildJavaCommand, type JavaProgram } from '../../lib/cluster-config/java-command.ts';
import { renderLog4jConfig } from '../../lib/cluster-config/log4j-config.ts';
import { renderSecurityConfig } from '../../lib/cluster-config/security-config.ts';
import { CONFIG_DIR, ConfigFiles, runScript } from './config-files.ts';
import { buildSelector } from './labels.ts';
import { buildPodTemplate, TMP_DIR } from './pod-template.ts';
import type { PodProbes } from './probes.ts';
import { checkHeap, checkZones, refuse } from './rules.ts';
import { buildService } from './service.ts';

/** Where the volume of a pod is mounted. */
const VOLUME_DIR = '/data';

/** Where the image keeps the jars of both programs. */
export const LIB_DIR = '/opt/kafka/libs';

/** Where the pods of Kafka and ZooKeeper find their logging configuration, also for the tools that run in them. */
export const LOG4J_FILE = `${CONFIG_DIR}/log4j.properties`;

const SECURITY_FILE = 'java.security';

interface JavaStatefulSetProps {
  /** Which of the programs of the image; also the name of the tier. */
  readonly program: JavaProgram;
  readonly image: string;
  readonly replicas: number;
  /** The script that keeps the program running, with its arguments; the java command is added. */
  readonly launcher: readonly [string, ...string[]];
  /** The program's configuration, as the java command names it. */
  readonly configFile: string;
  /** Configuration files by name; those of logging and of the JVM are added. */
  readonly files: Readonly<Record<string, string>>;
  /** Scripts beside the launcher. */
  readonly scripts: readonly string[];
  /** Port numbers by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly probes: PodProbes;
  readonly heapMiB: number;
  /** What the JVM needs beside its heap, in MiB. */
  readonly nonHeapMiB: number;
  readonly memoryLimitMiB: number;
  readonly cpuRequestMillis: number;
  readonly storageGiB: number;
  /** @default the cluster's default class */
  readonly storageClass?: string;
  readonly terminationGracePeriodSeconds: number;
  /** @default none demanded */
  readonly zones?: readonly string[];
}

/**
 * One of the two Java programs as a StatefulSet with its configuration, its volumes, the headless Service that names
 * its pods, and a disruption budget. All pods start at once: a quorum needs the majority of its servers.
 */
export class JavaStatefulSet extends Construct {
  constructor(scope: Construct, id: string, props: JavaStatefulSetProps) {
    super(scope, id);
    const { program, heapMiB, nonHeapMiB, memoryLimitMiB } = props;
    refuse(scope, [checkHeap({ heapMiB, nonHeapMiB, memoryLimitMiB }), checkZones(props.zones ?? [])]);

    const [launcher, ...launcherArgs] = props.launcher;
    const files = new ConfigFiles(this, 'config', {
      name: `${program}-config`,
      files: { 'log4j.properties': renderLog4jConfig(), [SECURITY_FILE]: renderSecurityConfig(), ...props.files },
      scripts: [launcher, 'supervise.sh', 'is-alive.sh', 'is-listening.sh', ...props.scripts],
    });
    const java = buildJavaCommand({
      program,
      heapMiB,
      libDir: LIB_DIR,
      configFile: props.configFile,
      log4jFile: LOG4J_FILE,
      securityFile: `${CONFIG_DIR}/${SECURITY_FILE}`,
      tmpDir: TMP_DIR,
    });

    buildService(this, 'headless', {
      name: nameHeadlessService(program),
      tier: program,
      ports: props.ports,
      isHeadless: true,
      // Servers must find each other before they are ready: readiness needs the others.
      isPublishingNotReady: true,
    });

    new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name: program },
      spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: buildSelector(program) } },
    });

    new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name: program },
      spec: {
        replicas: props.replicas,
        serviceName: nameHeadlessService(program),
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        minReadySeconds: MIN_READY_SECONDS,
        revisionHistoryLimit: 3,
        selector: { matchLabels: buildSelector(program) },
        template: buildPodTemplate({
          tier: program,
          image: props.image,
          command: runScript(launcher, ...launcherArgs),
          args: java,
          environment: { POD_NAME: { field: 'metadata.name' } },
          ports: props.ports,
          probes: props.probes,
          files,
          dataVolume: { name: 'data', mountPath: VOLUME_DIR },
          terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
          isFaultTarget: true,
          ...(props.zones && { zones: props.zones }),
          resources: {
            cpuRequestMillis: props.cpuRequestMillis,
            memoryRequestMiB: heapMiB + nonHeapMiB,
            memoryLimitMiB,
          },
        }),
        // Data outlive their StatefulSet and their replica: only a person deletes them.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              ...(props.storageClass !== undefined && { storageClassName: props.storageClass }),
              resources: { requests: { storage: k8s.Quantity.fromString(`${String(props.storageGiB)}Gi`) } },
            },
          },
        ],
      },
    });
  }
}

/** A server that has just come back has clients and leaders to take over before the next one goes. */
const MIN_READY_SECONDS = 5;

/** Where a program keeps its data: a folder of the volume, because the top of a fresh disk may hold `lost+found`. */
export function nameDataDir(program: JavaProgram): string {
  return `${VOLUME_DIR}/${program}`;
}

/**
 * The stable names of the pods. They have five dots, so that resolvers ask for them as they are
 * instead of trying every search domain first.
 */
export function namePodHosts(program: JavaProgram, replicas: number, namespace: string): readonly string[] {
  return Array.from(
    { length: replicas },
    (_, ordinal) => `${program}-${String(ordinal)}.${nameHeadlessService(program)}.${namespace}.svc.cluster.local`,
  );
}

function nameHeadlessService(program: JavaProgram): string {
  return `${program}-headless`;
}
