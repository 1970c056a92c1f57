import { splitIsolates } from '../format/split-isolates.ts';

/** A sentence of the server, in which names that others chose keep to themselves. */
export function Sentence({ text }: { text: string }) {
  return <>{splitIsolates(text).map((piece) => (piece.isForeign ? <bdi>{piece.text}</bdi> : piece.text))}</>;
}
