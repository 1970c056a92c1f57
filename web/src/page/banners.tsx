import type { ComponentChildren } from 'preact';
import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { formatTimeOfDay } from '../format/format-duration.ts';
import type { Freshness } from '../stream/staleness.ts';
import { Icon } from './icon.tsx';

/** What makes the page less than the present, most important first. */
export function Banners({ freshness, snapshot }: { freshness: Freshness; snapshot: LabSnapshot | null }) {
  return (
    <div class="banners" role="status">
      {freshness.kind === 'stale' && (
        <Banner name="stale">
          No data for {/* A screen reader is told once, not every second. */}
          <span aria-hidden="true">{freshness.silentSeconds} s</span>
          <span class="hidden">some seconds</span> – reconnecting. What you see is the last known state.
        </Banner>
      )}
      {snapshot !== null && !snapshot.kafka.isReachable && (
        <Banner name="kafka">
          Kafka cannot be reached since {formatTimeOfDay(snapshot.kafka.since)}; what you see is the last known state.
        </Banner>
      )}
      {snapshot !== null && snapshot.kafka.isReachable && !snapshot.groupContact.isReachable && (
        <Banner name="group">
          The coordinator of the group does not answer since {formatTimeOfDay(snapshot.groupContact.since)}; owners are
          the last known ones.
        </Banner>
      )}
      {snapshot !== null && snapshot.apiServer?.isReachable === false && (
        <Banner name="api-server">
          The API server of Kubernetes cannot be reached since {formatTimeOfDay(snapshot.apiServer.since)}; pods are
          shown as they were then.
        </Banner>
      )}
    </div>
  );
}

function Banner({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <p class="banner" data-banner={name}>
      <Icon name="warning" />
      <span>{children}</span>
    </p>
  );
}
