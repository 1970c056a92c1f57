import { k8s } from 'cdk8s-plus-27';
import { CONFIG_DIR, type ConfigFiles } from './config-files.ts';
import { buildLabels, type Tier } from './labels.ts';
import { buildPlacement } from './placement.ts';
import type { PodProbes } from './probes.ts';

/** The one folder that every container may write without a volume of its own. */
export const TMP_DIR = '/tmp';

const CHECKSUM_ANNOTATION = 'kafka-lab.dev/config-checksum';

/** Any number that is not root's; it is `appuser` of the Kafka image and `node` of the Node.js image. */
const USER_ID = 1000;

/** What a container asks for. There is no CPU limit: throttling would slow down every start, and a lab shares its cores. */
export interface PodResources {
  readonly cpuRequestMillis: number;
  readonly memoryRequestMiB: number;
  readonly memoryLimitMiB: number;
}

/** A value of an environment variable: text, or a field of the pod. */
export type EnvironmentValue = string | { readonly field: string };

interface PodTemplateProps {
  readonly tier: Tier;
  readonly image: string;
  readonly resources: PodResources;
  /** @default the image's entry point */
  readonly command?: readonly string[];
  /** @default none */
  readonly args?: readonly string[];
  /** @default none */
  readonly environment?: Readonly<Record<string, EnvironmentValue>>;
  /** Port numbers by name. @default none */
  readonly ports?: Readonly<Record<string, number>>;
  /** @default none */
  readonly probes?: PodProbes;
  /** Files to mount read-only at CONFIG_DIR. @default none */
  readonly files?: ConfigFiles;
  /** A volume of the workload: its name and where it is mounted. @default none */
  readonly dataVolume?: { readonly name: string; readonly mountPath: string };
  /** How long the container may take to stop, in seconds. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /**
   * Whether the container's processes are not shielded as process 1 is, so that `kubectl exec` can stop and kill them:
   * the lab's faults. @default false
   */
  readonly isFaultTarget?: boolean;
  /** Zones to run in. @default none demanded */
  readonly zones?: readonly string[];
  /** The ServiceAccount as which the pod speaks to the API server. @default none: the pod gets no token */
  readonly serviceAccountName?: string;
  /** @default Always */
  readonly restartPolicy?: 'Always' | 'OnFailure';
}

/** A pod of one container that `restricted` Pod Security admits, with what all pods of the lab have in common. */
export function buildPodTemplate(props: PodTemplateProps): k8s.PodTemplateSpec {
  const { files } = props;
  return {
    metadata: {
      labels: buildLabels(props.tier),
      ...(files && { annotations: { [CHECKSUM_ANNOTATION]: files.checksum } }),
    },
    spec: {
      // A token is only for who speaks to the API server: it is bound to the pod, and ends with it.
      automountServiceAccountToken: props.serviceAccountName !== undefined,
      ...(props.serviceAccountName !== undefined && { serviceAccountName: props.serviceAccountName }),
      // Services are found by name.
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER_ID,
        runAsGroup: USER_ID,
        fsGroup: USER_ID,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(props.isFaultTarget && { shareProcessNamespace: true }),
      ...(props.restartPolicy && { restartPolicy: props.restartPolicy }),
      terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? 30,
      ...buildPlacement({
        tier: props.tier,
        zones: props.zones ?? [],
        hasVolume: props.dataVolume !== undefined,
      }),
      containers: [buildContainer(props)],
      volumes: [
        { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
        ...(files ? [{ name: 'config', configMap: { name: files.configMapName } }] : []),
      ],
    },
  };
}

function buildContainer(props: PodTemplateProps): k8s.Container {
  const { probes, files, dataVolume, resources } = props;
  return {
    name: props.tier,
    image: props.image,
    // Images are loaded into kind's nodes, or have tags that never move.
    imagePullPolicy: 'IfNotPresent',
    ...(props.command && { command: [...props.command] }),
    ...(props.args && { args: [...props.args] }),
    ...(props.environment && { env: buildEnvironment(props.environment) }),
    ...(props.ports && {
      ports: Object.entries(props.ports).map(([name, containerPort]) => ({ name, containerPort })),
    }),
    ...(probes && {
      startupProbe: probes.startup,
      readinessProbe: probes.readiness,
      livenessProbe: probes.liveness,
    }),
    resources: {
      requests: {
        cpu: k8s.Quantity.fromString(`${String(resources.cpuRequestMillis)}m`),
        memory: mebibytes(resources.memoryRequestMiB),
      },
      limits: { memory: mebibytes(resources.memoryLimitMiB) },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: TMP_DIR },
      ...(files ? [{ name: 'config', mountPath: CONFIG_DIR, readOnly: true }] : []),
      ...(dataVolume ? [dataVolume] : []),
    ],
  };
}

function buildEnvironment(environment: Readonly<Record<string, EnvironmentValue>>): k8s.EnvVar[] {
  return Object.entries(environment).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : { name, valueFrom: { fieldRef: { fieldPath: value.field } } },
  );
}

function mebibytes(amount: number): k8s.Quantity {
  return k8s.Quantity.fromString(`${String(amount)}Mi`);
}
