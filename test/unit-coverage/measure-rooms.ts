/** What the unit tests run of one file, as Istanbul's `json-summary` says it. */
export interface FileCoverage {
  readonly lines: { readonly total: number; readonly covered: number };
}

/** What the unit tests run of a room. */
export interface RoomCoverage {
  readonly room: string;
  readonly lines: number;
  /** Lines that were run, of a hundred. */
  readonly percent: number;
}

/** Adds the files of each room up; the services are one room each. The file of all, `total`, is left out. */
export function measureRooms(files: Readonly<Record<string, FileCoverage>>, root: string): readonly RoomCoverage[] {
  const rooms = new Map<string, { lines: number; covered: number }>();
  for (const [file, { lines }] of Object.entries(files)) {
    if (!file.startsWith(`${root}/`)) continue;
    const [top = '', service = ''] = file.slice(root.length + 1).split('/');
    const room = top === 'services' ? `${top}/${service}` : top;
    const sum = rooms.get(room) ?? { lines: 0, covered: 0 };
    rooms.set(room, { lines: sum.lines + lines.total, covered: sum.covered + lines.covered });
  }
  return [...rooms]
    .map(([room, { lines, covered }]) => ({ room, lines, percent: lines === 0 ? 100 : (100 * covered) / lines }))
    .toSorted((one, other) => other.percent - one.percent);
}
