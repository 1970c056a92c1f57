import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { formatAmount } from '../format/format-number.ts';
import { chooseChipSize } from './choose-chip-size.ts';
import { layoutBoard, type Board, type Card, type NodeCards } from './layout-board.ts';
import { MemberCard } from './member-card.tsx';
import { MovesLine } from './moves-line.tsx';
import { MovingBoard } from './moving-board.tsx';
import { ChipScaleContext, PartitionChips } from './partition-chips.tsx';
import { PodCard } from './pod-card.tsx';

/** Below this many records a bar must not look full, however little the others have. */
const LEAST_FULL_LAG = 100;

/** The middle of the page: every pod with the partitions it owns. */
export function GroupBoard({ snapshot }: { snapshot: LabSnapshot }) {
  const { group, platform, at } = snapshot;
  const board = layoutBoard(group);
  const fullLag = Math.max(LEAST_FULL_LAG, ...group.partitions.map(({ lag }) => lag));
  const scale = { size: chooseChipSize(group.partitions.length), fullLag, now: at };
  return (
    <section class="group" aria-labelledby="group-title">
      <div class="section-head">
        <h2 id="group-title">Pods and their partitions</h2>
        <p class="section-sum">
          {formatAmount(group.pods.length, 'pod')}, {formatAmount(group.partitions.length, 'partition')}
        </p>
      </div>
      <MovesLine partitions={group.partitions} />
      <ChipScaleContext.Provider value={scale}>
        <MovingBoard arrangement={describeArrangement(board)}>
          {board.unowned.length > 0 && (
            <div class="tray" data-card="unowned" data-testid="unowned">
              <h3 class="tray-name">Without an owner</h3>
              <p class="tray-why">Nobody reads these partitions now; their records wait.</p>
              <PartitionChips partitions={board.unowned} label="Partitions without an owner" />
            </div>
          )}
          <div class="nodes">
            {board.nodes.map((place) => (
              <NodeGroup key={place.node} place={place} isQuiet={platform === 'local' && board.nodes.length === 1} />
            ))}
          </div>
          {group.pods.length === 0 && <p class="empty">No consumer runs. Scale the consumers up to see them share.</p>}
          {board.strangers.length > 0 && (
            <div class="strangers" data-testid="strangers">
              <h3 class="node-name">Members that are no running pod</h3>
              <div class="cards">{board.strangers.map(renderCard)}</div>
              {group.membersLeftOut > 0 && (
                <p class="section-sum">and {formatAmount(group.membersLeftOut, 'member')} more</p>
              )}
            </div>
          )}
        </MovingBoard>
      </ChipScaleContext.Provider>
    </section>
  );
}

function NodeGroup({ place, isQuiet }: { place: NodeCards; isQuiet: boolean }) {
  return (
    <div class="node">
      <h3 class={isQuiet ? 'hidden' : 'node-name'}>
        <span class="node-label">node</span> {place.node}
        {place.zone !== null && (
          <>
            {' '}
            <span class="node-label">zone</span> {place.zone}
          </>
        )}
      </h3>
      <div class="cards">{place.cards.map(renderCard)}</div>
    </div>
  );
}

function renderCard(card: Card) {
  return card.kind === 'pod' ? (
    <PodCard key={card.key} cardKey={card.key} pod={card.pod} partitions={card.partitions} />
  ) : (
    <MemberCard key={card.key} cardKey={card.key} member={card.member} partitions={card.partitions} />
  );
}

function describeArrangement({ nodes, strangers, unowned }: Board): string {
  const cards = [...nodes.flatMap((place) => place.cards), ...strangers];
  const numbers = (partitions: Board['unowned']): string => partitions.map(({ partition }) => partition).join(' ');
  return [numbers(unowned), ...cards.map(({ key, partitions }) => `${key}: ${numbers(partitions)}`)].join('\n');
}
