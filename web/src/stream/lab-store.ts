import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { createHistoryRing, type HistoryRing } from '../histories/history-ring.ts';
import { fetchHistory } from './fetch-history.ts';
import { startLiveStream, type LiveStream } from './live-stream.ts';

/** All that the page knows. It is replaced, never changed. */
export interface LabState {
  readonly snapshot: LabSnapshot | null;
  /** When the snapshot arrived, by this browser's monotonic clock. */
  readonly receivedAt: number | null;
  /** Counts the changes of the history, which is kept in a ring of its own. */
  readonly historyVersion: number;
}

export interface LabStore {
  readonly history: HistoryRing;
  getState(): LabState;
  subscribe(listener: () => void): () => void;
  /** Looks at another group, from nothing. */
  selectGroup(group: string | undefined): void;
}

const NOTHING: LabState = { snapshot: null, receivedAt: null, historyVersion: 0 };

/** The one place of state: the last snapshot, and the history that snapshots leave behind. */
export function createLabStore(firstGroup: string | undefined): LabStore {
  const listeners = new Set<() => void>();
  const history = createHistoryRing();
  let state = NOTHING;
  let stream: LiveStream | undefined;

  const update = (change: Partial<LabState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const follow = (group: string | undefined): void => {
    const mine = startLiveStream({
      group,
      onOpen: () => {
        void fetchHistory(group).then((past) => {
          if (past === undefined || stream !== mine) return;
          history.fill(past.samples);
          update({ historyVersion: state.historyVersion + 1 });
        });
      },
      onSnapshot: (snapshot) => {
        const hasGrown = history.append(snapshot);
        update({
          snapshot,
          receivedAt: performance.now(),
          historyVersion: state.historyVersion + (hasGrown ? 1 : 0),
        });
      },
    });
    stream = mine;
  };
  follow(firstGroup);

  return {
    history,
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    selectGroup: (group) => {
      stream?.stop();
      history.clear();
      update({ ...NOTHING, historyVersion: state.historyVersion + 1 });
      follow(group);
    },
  };
}
