/** Keeps work that never waits from keeping the event loop. */
export interface TimeSlice {
  isOver(): boolean;
  /** Lets everything else have its turn, and begins anew. */
  next(): Promise<void>;
}

/** @param lengthMs how long work goes on without a pause, in milliseconds */
export function createTimeSlice(lengthMs: number, now: () => number = performance.now.bind(performance)): TimeSlice {
  let startedAt = now();
  return {
    isOver: () => now() - startedAt >= lengthMs,
    async next() {
      await new Promise<void>((resolve) => setImmediate(resolve));
      startedAt = now();
    },
  };
}
