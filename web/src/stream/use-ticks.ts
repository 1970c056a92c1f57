import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<() => void>();
let timer: number | undefined;

/** Renders the component that asks once a second: for ages, which grow without news. All share one timer. */
export function useTicks(): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    const listener = (): void => setTick((tick) => tick + 1);
    listeners.add(listener);
    timer ??= window.setInterval(() => {
      for (const each of listeners) each();
    }, 1000);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      window.clearInterval(timer);
      timer = undefined;
    };
  }, []);
}
