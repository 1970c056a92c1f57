import { k8s } from 'cdk8s-plus-27';

/** When a probe runs. Two starved cores answer late: all timings leave room. */
export interface ProbeTiming {
  readonly periodSeconds: number;
  /** Failures in a row that count. */
  readonly failureThreshold: number;
  /** @default 5 */
  readonly timeoutSeconds?: number;
}

/** Of programs whose launcher looks after them: rare, because little is left that only a new container would mend. */
export const LIVENESS: ProbeTiming = { periodSeconds: 30, failureThreshold: 4 };

/** The three probes of a container. */
export interface PodProbes {
  readonly startup: k8s.Probe;
  readonly readiness: k8s.Probe;
  readonly liveness: k8s.Probe;
}

/** Succeeds when the command ends with 0. */
export function probeCommand(command: readonly string[], timing: ProbeTiming): k8s.Probe {
  return { exec: { command: [...command] }, ...renderTiming(timing) };
}

/** Succeeds when the page answers with 200 to 399. */
export function probePage(path: string, port: string, timing: ProbeTiming): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromString(port) }, ...renderTiming(timing) };
}

function renderTiming({ periodSeconds, failureThreshold, timeoutSeconds = 5 }: ProbeTiming) {
  return { periodSeconds, failureThreshold, timeoutSeconds };
}
