import { useEffect, useState } from 'preact/hooks';
import type { TimelineState, TimelineStore } from './timeline-store.ts';

/** What is shown now; renders again when it changes. */
export function useTimelineState(store: TimelineStore): TimelineState {
  const [state, setState] = useState(store.read);
  useEffect(() => {
    const read = (): void => setState(store.read());
    read();
    return store.subscribe(read);
  }, [store]);
  return state;
}
