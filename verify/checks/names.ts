/** Numbers for names that occur often: the first one is 0, and each name has one. */
export class Names {
  readonly #places = new Map<string, number>();
  readonly #names: string[] = [];

  /** How many there are. */
  get size(): number {
    return this.#names.length;
  }

  /** @returns the number of a name, which has one from now on */
  add(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#names.length;
    this.#places.set(name, place);
    this.#names.push(name);
    return place;
  }

  /** @returns the number of a name; -1 when it has none */
  find(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  /** @throws RangeError when no name has this number */
  at(place: number): string {
    const name = this.#names[place];
    if (name === undefined) throw new RangeError(`there is no name ${String(place)}`);
    return name;
  }
}
