/** A piece of a sentence; `isForeign` when it is written from right to left, as no sentence of ours is. */
export interface SentencePiece {
  readonly text: string;
  readonly isForeign: boolean;
}

/** Words with a letter of a script that is written from right to left, without the punctuation after them. */
const RIGHT_TO_LEFT =
  /[^\s]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}](?:[^\s]*[^\s,.;:()])?/gu;

/**
 * A sentence in pieces, of which the foreign ones are to be isolated: a name that is written from right to left would
 * take the words and numbers after it along otherwise (https://www.w3.org/International/articles/inline-bidi-markup/).
 */
export function splitIsolates(sentence: string): SentencePiece[] {
  const pieces: SentencePiece[] = [];
  let end = 0;
  for (const { 0: text, index } of sentence.matchAll(RIGHT_TO_LEFT)) {
    if (index > end) pieces.push({ text: sentence.slice(end, index), isForeign: false });
    pieces.push({ text, isForeign: true });
    end = index + text.length;
  }
  if (end < sentence.length) pieces.push({ text: sentence.slice(end), isForeign: false });
  return pieces;
}
