import { useEffect, useState } from 'preact/hooks';
import type { LabState, LabStore } from './lab-store.ts';

/** The store's state, and a new rendering with each change of it. */
export function useLabState(store: LabStore): LabState {
  const [state, setState] = useState(() => store.getState());
  useEffect(() => {
    const read = (): void => setState(store.getState());
    // What came between the first rendering and this effect would be missed.
    read();
    return store.subscribe(read);
  }, [store]);
  return state;
}
