import type { k8s } from 'cdk8s-plus-27';
import { buildSelector, type Tier } from './labels.ts';

const ZONE_LABEL = 'topology.kubernetes.io/zone';
const HOST_LABEL = 'kubernetes.io/hostname';

/** The part of a pod that says where it may run. */
export type Placement = Pick<k8s.PodSpec, 'topologySpreadConstraints' | 'affinity'>;

interface PlacementProps {
  readonly tier: Tier;
  /** Zones to use and no others; none: any node, so that a cluster without zones runs the lab too. */
  readonly zones: readonly string[];
  /** Whether the pods have volumes: those stay where they are first put, so it must be right at once. */
  readonly hasVolume: boolean;
}

/**
 * Spreads the pods of a tier over zones and nodes. It is a wish, but for volumes in demanded zones:
 * a pod without a volume had better run in a crowded zone than wait for one that is lost.
 */
export function buildPlacement({ tier, zones, hasVolume }: PlacementProps): Placement {
  const isDemanded = zones.length > 0;
  return {
    topologySpreadConstraints: [
      buildSpread(tier, ZONE_LABEL, isDemanded && hasVolume ? 'DoNotSchedule' : 'ScheduleAnyway'),
      buildSpread(tier, HOST_LABEL, 'ScheduleAnyway'),
    ],
    ...(isDemanded && { affinity: { nodeAffinity: demandZones(zones) } }),
  };
}

function buildSpread(tier: Tier, topologyKey: string, whenUnsatisfiable: string): k8s.TopologySpreadConstraint {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels: buildSelector(tier) } };
}

function demandZones(zones: readonly string[]): k8s.NodeAffinity {
  return {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE_LABEL, operator: 'In', values: [...zones] }] }],
    },
  };
}
