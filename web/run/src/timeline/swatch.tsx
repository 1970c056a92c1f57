import type { ReplicaLook } from './replica-looks.ts';

/** The colour of a replica, beside its name. */
export function Swatch({ look }: { look: ReplicaLook }) {
  return <span class="swatch" style={{ background: look.fill }} aria-hidden="true" />;
}
