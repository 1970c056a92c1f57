import type { LabSnapshot } from '../../../lib/contracts/lab-snapshot.ts';

export interface LiveStreamOptions {
  /** The group to look at. @default the server's own */
  readonly group?: string | undefined;
  /** Called when a connection is there, the first time and each time after. */
  readonly onOpen: () => void;
  readonly onSnapshot: (snapshot: LabSnapshot) => void;
}

export interface LiveStream {
  stop(): void;
}

const OPEN_AGAIN_AFTER_MS = 2000;

/** Follows the server's events until it is stopped. Each event is whole, so one that was missed does no harm. */
export function startLiveStream({ group, onOpen, onSnapshot }: LiveStreamOptions): LiveStream {
  const query = group === undefined ? '' : `?group=${encodeURIComponent(group)}`;
  let source: EventSource;
  let timer: number | undefined;

  const open = (): void => {
    source = new EventSource(`/api/live${query}`);
    source.addEventListener('open', onOpen);
    source.addEventListener('snapshot', (event: MessageEvent<string>) =>
      onSnapshot(JSON.parse(event.data) as LabSnapshot),
    );
    source.addEventListener('error', () => {
      // A browser gives up for good after an HTTP error, such as a server's that is about to start.
      if (source.readyState === EventSource.CLOSED) timer = window.setTimeout(open, OPEN_AGAIN_AFTER_MS);
    });
  };
  open();

  return {
    stop: () => {
      window.clearTimeout(timer);
      source.close();
    },
  };
}
