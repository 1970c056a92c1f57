/** Shares partitions evenly, and lets each owner keep what it may, as a sticky assignor does. */
export function assignSticky(
  partitions: number,
  names: readonly string[],
  before: ReadonlyMap<number, string>,
): Map<number, string> {
  const most = Math.ceil(partitions / Math.max(1, names.length));
  const least = Math.floor(partitions / Math.max(1, names.length));
  let bigShares = partitions - least * names.length;
  const kept = new Map<string, number[]>(names.map((name) => [name, []]));
  for (const [partition, owner] of before) kept.get(owner)?.push(partition);
  const assignment = new Map<number, string>();
  const room: string[] = [];
  for (const [name, owned] of [...kept].toSorted((a, b) => b[1].length - a[1].length)) {
    const share = bigShares > 0 && owned.length >= most ? most : least;
    if (share > least) bigShares -= 1;
    for (const partition of owned.slice(0, share)) assignment.set(partition, name);
    for (let count = owned.length; count < share; count += 1) room.push(name);
  }
  room.push(...names.slice(0, bigShares));
  for (let partition = 0; partition < partitions; partition += 1) {
    if (assignment.has(partition)) continue;
    const name = room.shift() ?? names[0];
    if (name !== undefined) assignment.set(partition, name);
  }
  return new Map([...assignment].toSorted(([a], [b]) => a - b));
}
