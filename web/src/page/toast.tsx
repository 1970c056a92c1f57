import { useEffect } from 'preact/hooks';

const SHOWN_FOR_MS = 8000;

/** A sentence that the lab answered instead of doing what it was told. */
export function Toast({ sentence, onClose }: { sentence: string | null; onClose: () => void }) {
  useEffect(() => {
    if (sentence === null) return;
    const timer = setTimeout(onClose, SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [sentence, onClose]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {sentence !== null && (
        <p class="toast" data-testid="toast">
          <span>{sentence}</span>
          <button type="button" class="button button-small" onClick={onClose}>
            close
          </button>
        </p>
      )}
    </div>
  );
}
