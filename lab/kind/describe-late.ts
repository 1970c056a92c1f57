/** As much of a StatefulSet, Deployment or Job as tells whether it runs as its manifest says. */
export interface WorkloadObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly generation?: number };
  readonly spec: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

export interface LateWorkload {
  readonly name: string;
  /** What is waited for: "kafka has 1 of 3 ready". */
  readonly sentence: string;
  /** Whether waiting will not help. */
  readonly isFailed: boolean;
}

/** The workloads that do not run yet as their manifests say. */
export function describeLate(workloads: readonly WorkloadObject[]): readonly LateWorkload[] {
  return workloads.flatMap((workload) => {
    const sentence = workload.kind === 'Job' ? describeJob(workload) : describeReplicas(workload);
    if (sentence === undefined) return [];
    return [{ name: workload.metadata.name, sentence, isFailed: findFailure(workload) !== undefined }];
  });
}

/** The condition of a Job that has given up. */
export function findFailure({ status = {} }: WorkloadObject): { readonly message?: string } | undefined {
  return (status.conditions ?? []).find(({ type, status: is }) => type === 'Failed' && is === 'True');
}

function describeJob(job: WorkloadObject): string | undefined {
  const { metadata, status = {} } = job;
  if ((status.succeeded ?? 0) > 0) return undefined;
  const failure = findFailure(job);
  if (failure) return `${metadata.name} has failed: ${failure.message ?? 'no reason given'}`;
  const tries = status.failed ?? 0;
  return `${metadata.name} has not ended${tries > 0 ? `, and failed ${String(tries)} times` : ''}`;
}

function describeReplicas({ metadata, spec, status = {} }: WorkloadObject): string | undefined {
  const wanted = spec.replicas ?? 1;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) return `${metadata.name} is new`;
  const updated = Math.min(status.updatedReplicas ?? 0, wanted);
  if (updated < wanted) return `${metadata.name} has ${String(updated)} of ${String(wanted)} updated`;
  const available = Math.min(status.availableReplicas ?? 0, wanted);
  if (available < wanted) return `${metadata.name} has ${String(available)} of ${String(wanted)} ready`;
  return (status.replicas ?? 0) > wanted
    ? `${metadata.name} ends ${String((status.replicas ?? 0) - wanted)}`
    : undefined;
}
