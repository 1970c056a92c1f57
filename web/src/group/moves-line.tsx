import { useEffect, useRef, useState } from 'preact/hooks';
import type { GroupSnapshot } from '../../../lib/contracts/lab-snapshot.ts';
import { Sentence } from '../page/sentence.tsx';
import { summarizeMoves, type Owners } from './summarize-moves.ts';

/** Told at most this often, in milliseconds: a screen reader must be able to finish a sentence. */
const TELL_EVERY_MS = 2000;

/** The last moves in one sentence, for the eye and, politely, for the ear. */
export function MovesLine({ partitions }: { partitions: GroupSnapshot['partitions'] }) {
  const told = useRef<Owners | undefined>(undefined);
  const latest = useRef<Owners>(new Map());
  const [sentence, setSentence] = useState('');
  latest.current = new Map(partitions.map(({ partition, owner }) => [partition, owner]));
  told.current ??= latest.current;

  useEffect(() => {
    const timer = setInterval(() => {
      const news = summarizeMoves(told.current ?? new Map(), latest.current);
      told.current = latest.current;
      if (news !== undefined) setSentence(news);
    }, TELL_EVERY_MS);
    return () => clearInterval(timer);
  }, []);

  return (
    <p class="moves-line" role="status" aria-live="polite" data-testid="moves">
      <Sentence text={sentence} />
    </p>
  );
}
