/** As long as what tells pods apart, and the mark of a name that was cut: more beside it would leave no beginning to see. */
const LONGEST_END = 12;

/** Scripts that are written from right to left: of two parts side by side the second would be read first. */
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/**
 * A name in two parts, of which the first may be cut where there is no room: the end tells names apart that begin
 * alike. It is what stands behind the last hyphen, and of that no more than a dozen characters. Who writes
 * from right to left has one part.
 */
export function splitName(name: string): readonly [start: string, end: string] {
  if (RIGHT_TO_LEFT.test(name)) return [name, ''];
  const characters = Array.from(name);
  const cut = Math.max(characters.lastIndexOf('-') + 1, characters.length - LONGEST_END);
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
}
