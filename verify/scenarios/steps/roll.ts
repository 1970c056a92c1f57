import { z } from 'zod';
import {
  SCALABLE_WORKLOADS,
  WORKLOADS,
  isScalable,
  type ScalableWorkload,
  type ServiceVariables,
  type Workload,
} from '../../../lib/contracts/replica.ts';
import type { Stage } from '../stage.ts';
import type { StepKind } from './step-kind.ts';

/** A rolling update of all replicas of a workload. */
export interface RollStep {
  readonly kind: 'roll';
  readonly workload: Workload;
  /** What the new replicas of a service have in their environment beside what they have already. */
  readonly variables?: Readonly<Record<string, string>>;
}

const FORM = `one of ${WORKLOADS.join(', ')}, or {consumer: {NAME: value, …}} or {producer: {NAME: value, …}}`;
const variablesSchema = z
  .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .refine((variables) => Object.keys(variables).length > 0);
const servicesSchema = z.union(SCALABLE_WORKLOADS.map((service) => z.strictObject({ [service]: variablesSchema })));

export const roll: StepKind<RollStep> = {
  kind: 'roll',
  docs: {
    written: `\`roll:\` ${WORKLOADS.map((workload) => `\`${workload}\``).join(', ')}, \`roll: {consumer: {NAME: value}}\``,
    does: 'replaces every replica, one after the other; those of a service with other variables, until the run is over',
  },
  isChange: true,
  isLasting: true,
  parse(value, path, { complain }) {
    const workload = WORKLOADS.find((one) => one === value);
    if (workload !== undefined) return { kind: 'roll', workload };
    const [entry] = Object.entries(servicesSchema.safeParse(value).data ?? {});
    const service = SCALABLE_WORKLOADS.find((one) => one === entry?.[0]);
    if (service === undefined || entry === undefined) return complain(path, value, FORM);
    return { kind: 'roll', workload: service, variables: entry[1] };
  },
  prepare: ({ workload, variables }, stage) => ({
    text: `roll ${workload}${variables === undefined ? '' : ` with ${describeVariables(variables)}`}`,
    async act() {
      if (variables !== undefined && isScalable(workload)) await noteVariables(stage, workload, variables);
      await stage.platform.roll(workload, variables);
    },
  }),
  async heal({ platform, variables }) {
    for (const [service, before] of variables) await platform.roll(service, before).catch(() => undefined);
    variables.clear();
  },
};

/** What they were before the scenario's first roll of them, whatever becomes of it. */
async function noteVariables({ platform, variables }: Stage, service: ScalableWorkload, set: ServiceVariables) {
  const before = await platform.readVariables(service, Object.keys(set));
  variables.set(service, { ...before, ...variables.get(service) });
}

function describeVariables(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
