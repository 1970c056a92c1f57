import type { LabSnapshot } from '../../lib/contracts/lab-snapshot.ts';

/** A browser's view of the live page: the snapshots as they come. */
export interface LiveStream {
  readonly latest: LabSnapshot | undefined;
  /** Resolves with the first snapshot, from now on, that fulfils the condition, and when it came. */
  waitFor(what: string, condition: (snapshot: LabSnapshot) => boolean, timeoutMs?: number): Promise<Sight>;
  close(): void;
}

export interface Sight {
  readonly snapshot: LabSnapshot;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Opens the page's stream. */
export async function openLiveStream(url: string): Promise<LiveStream> {
  const closing = new AbortController();
  const response = await fetch(`${url}/api/live`, { signal: closing.signal });
  if (!response.ok || response.body === null) throw new Error(`the stream answers ${String(response.status)}`);
  const listeners = new Set<(sight: Sight) => void>();
  let latest: LabSnapshot | undefined;
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        latest = JSON.parse(data) as LabSnapshot;
        for (const listener of listeners) listener({ snapshot: latest, at: Date.now() });
      }
    }
  };
  read(response.body).catch(() => undefined);
  return {
    get latest() {
      return latest;
    },
    waitFor: (what, condition, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          const { group, ...rest } = latest ?? {};
          reject(
            new Error(`waited for ${what}: ${JSON.stringify({ ...rest, pods: group?.pods, state: group?.state })}`),
          );
        }, timeoutMs);
        const look = (sight: Sight): void => {
          if (!condition(sight.snapshot)) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(sight);
        };
        listeners.add(look);
      }),
    close: () => closing.abort(),
  };
}
