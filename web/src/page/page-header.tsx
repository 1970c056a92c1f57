import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import type { Freshness } from '../stream/staleness.ts';
import type { ThemeChoice } from '../theme/theme-choice.ts';
import { ThemeSegments } from '../theme/theme-segments.tsx';

interface PageHeaderProps {
  readonly snapshot: LabSnapshot | null;
  readonly freshness: Freshness;
  readonly themeChoice: ThemeChoice;
  readonly onChooseTheme: (choice: ThemeChoice) => void;
  readonly onSelectGroup: (group: string) => void;
}

const HEALTH = {
  waiting: { text: 'connecting', title: 'Waiting for the first data' },
  live: { text: 'live', title: 'Data comes about twice a second' },
  stale: { text: 'no data', title: 'The connection is silent' },
} as const;

/** What this page is, which group it shows, and whether it is live. */
export function PageHeader({ snapshot, freshness, themeChoice, onChooseTheme, onSelectGroup }: PageHeaderProps) {
  const health = HEALTH[freshness.kind];
  return (
    <header class="page-head">
      <div class="page-title">
        <h1>Kafka lab</h1>
        <p>Which pod owns which partition of a consumer group, live</p>
      </div>
      {snapshot !== null && <GroupFacts snapshot={snapshot} onSelectGroup={onSelectGroup} />}
      <div class="page-tools">
        <span class={`health health-${freshness.kind}`} title={health.title} data-testid="health">
          {health.text}
        </span>
        <ThemeSegments choice={themeChoice} onChoose={onChooseTheme} />
      </div>
    </header>
  );
}

function GroupFacts({ snapshot, onSelectGroup }: { snapshot: LabSnapshot; onSelectGroup: (group: string) => void }) {
  const { groups, group } = snapshot;
  return (
    <dl class="facts">
      <div>
        <dt>{groups.length > 1 ? <label for="group-select">group</label> : 'group'}</dt>
        <dd>
          {groups.length > 1 ? (
            <select
              id="group-select"
              class="field"
              value={snapshot.name}
              onChange={(event) => onSelectGroup(event.currentTarget.value)}
            >
              {groups.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          ) : (
            group.groupId
          )}
        </dd>
      </div>
      <Fact name="topic" value={group.topic} />
      <Fact name="assignor" value={group.assignor ?? 'not known'} />
      <Fact name="generation" value={group.generation === null ? 'not known' : String(group.generation)} />
      <Fact name="share" value={group.isBalanced ? 'balanced' : 'not balanced'} />
      <Fact name="state" value={group.state} />
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div data-fact={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
