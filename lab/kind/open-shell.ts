import { execa } from 'execa';
import { randomUUID } from 'node:crypto';
import { CONTEXT, LAB_LABEL, NAMESPACE } from '../../lib/contracts/addresses.ts';
import { runKubectl } from './kind-lab.ts';
import { requireCluster } from './kube-context.ts';
import { explainMissing } from './run-tool.ts';

/** The brokers' image: its tools are what a person in the cluster needs. */
const IMAGE = 'apache/kafka:3.9.2';

/** What restricted Pod Security wants of a pod that is to live for a session. */
const OVERRIDES = {
  spec: {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'shell',
        image: IMAGE,
        imagePullPolicy: 'IfNotPresent',
        workingDir: '/tmp',
        env: [
          {
            name: 'PATH',
            value: '/opt/kafka/bin:/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          },
          { name: 'KAFKA_HEAP_OPTS', value: '-Xmx128m -XX:TieredStopAtLevel=1' },
          { name: 'LOG_DIR', value: '/tmp' },
        ],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      },
    ],
  },
};

/**
 * Opens a shell in a client pod of its own, which ends with it. The network policies let it reach what clients reach.
 *
 * @param command run instead of an interactive shell, when given
 * @returns the exit code of the shell
 */
export async function openShell(command: readonly string[], isTerminal: boolean): Promise<number> {
  await requireCluster();
  const name = `shell-${randomUUID().slice(0, 5)}`;
  const labels = `app.kubernetes.io/name=shell,${LAB_LABEL.key}=${LAB_LABEL.value}`;
  const run = command.length > 0 ? command : ['bash'];
  const [container] = OVERRIDES.spec.containers;
  // With --overrides kubectl takes the container as it is given there: the command and the streams too.
  const streams = { stdin: true, stdinOnce: true, tty: isTerminal };
  const spec = { ...OVERRIDES.spec, containers: [{ ...container, ...streams, command: run }] };
  const args = ['--rm', '--stdin', ...(isTerminal ? ['--tty'] : []), '--quiet', '--restart=Never'];
  const { exitCode, isTerminated, code, cause } = await execa(
    'kubectl',
    [
      ...['--context', CONTEXT, '--namespace', NAMESPACE, 'run', name, ...args],
      ...['--image', IMAGE, '--labels', labels, '--overrides', JSON.stringify({ spec })],
    ],
    { stdio: 'inherit', reject: false },
  );
  if (code === 'ENOENT') throw explainMissing('kubectl', cause);
  // kubectl removes the pod, unless a signal ends it before.
  if (isTerminated) await runKubectl(['delete', 'pod', name, '--ignore-not-found', '--now', '--wait=false']);
  return exitCode ?? 1;
}
