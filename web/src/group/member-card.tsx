import type { Member, Partition } from '../../../lib/contracts/lab-snapshot.ts';
import { Countdown } from '../page/age.tsx';
import { PartitionChips } from './partition-chips.tsx';
import { PodName } from './pod-name.tsx';

interface MemberCardProps {
  readonly cardKey: string;
  readonly member: Member;
  readonly partitions: readonly Partition[];
}

/** What a member that has no share reads instead. */
const READS: Readonly<Record<Member['reads'], string>> = {
  topic: '',
  unknown: '',
  'other-topics': '; it reads other topics',
  unreadable: '; what it subscribed to cannot be read',
};

/** A member that is none of the pods: one whose process is gone, or a client from elsewhere. */
export function MemberCard({ cardKey, member, partitions }: MemberCardProps) {
  const { ghost, clientId, host, memberId } = member;
  return (
    <article
      class={ghost === null ? 'card is-other' : 'card is-ghost'}
      data-card={cardKey}
      data-member={memberId}
      data-ghost={ghost === null ? undefined : clientId}
      aria-label={ghost === null ? `other client ${clientId}` : `ghost of ${clientId}`}
    >
      <header class="card-head">
        <h4 class="card-name" title={clientId}>
          <PodName name={clientId} />
        </h4>
        <span class={ghost === null ? 'phase phase-other' : 'phase phase-ghost'}>
          {ghost === null ? 'other client' : 'ghost'}
        </span>
      </header>
      <PartitionChips partitions={partitions} label={`Partitions of ${clientId}`} />
      {ghost === null ? (
        <p class="card-idle">
          at <bdi>{host}</bdi>, no pod of this Deployment{READS[member.reads]}
        </p>
      ) : (
        <p class="card-ghost">
          {ghost.reason}.{' '}
          {ghost.expiresAt !== null && (
            <span class="card-expiry">
              The group gives it up <Countdown to={ghost.expiresAt} />.
            </span>
          )}
        </p>
      )}
    </article>
  );
}
