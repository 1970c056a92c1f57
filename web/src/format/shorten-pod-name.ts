/** What Kubernetes puts between a Deployment's name and the five letters that tell its pods apart. */
const TEMPLATE_HASH = /-[a-z0-9]{6,10}-(?=[a-z0-9]{5}$)/;

/** A pod's name without the part that all pods of a rollout have; other names as they are. */
export function shortenPodName(name: string): string {
  return name.replace(TEMPLATE_HASH, '-…-');
}
