/** As long as what tells pods apart, and the mark of a name that was cut: more beside it would leave no beginning to see. */
const LONGEST_END = 12;

/**
 * A name in two parts, of which the first may be cut where there is no room: the end tells names apart that begin
 * alike. It is what stands behind the last hyphen, and of that no more than a dozen characters.
 */
export function splitName(name: string): readonly [start: string, end: string] {
  const characters = Array.from(name);
  const cut = Math.max(characters.lastIndexOf('-') + 1, characters.length - LONGEST_END);
  return [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
}
