/** Those who want to hear that something may have changed. */
export interface Listeners {
  /** Calls all of them. */
  readonly notify: () => void;
  /** Calls back from now on. Returns the function that ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** Nobody listens yet. One who has ended its subscription is not called again. */
export function createListeners(): Listeners {
  const listeners = new Set<() => void>();
  return {
    notify() {
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
