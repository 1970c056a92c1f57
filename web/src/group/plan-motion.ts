/** Where something is on the page, by its upper left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface ChipPlace extends Place {
  readonly width: number;
  readonly height: number;
  /** The card that holds it. */
  readonly card: string;
  /** Whether it is on its way from another card, and so above all of them. */
  readonly isFlying: boolean;
}

/** Where cards and chips are; chips by partition number. */
export interface Positions {
  readonly cards: ReadonlyMap<string, Place>;
  readonly chips: ReadonlyMap<string, ChipPlace>;
}

/** A translation to begin with, and to let go of. */
export interface Shift {
  readonly key: string;
  readonly dx: number;
  readonly dy: number;
}

export interface Motion {
  /** Chips that another card holds now, or that have not landed yet: they fly over everything. */
  readonly flights: readonly Shift[];
  /** Chips that moved within their card, relative to the card. */
  readonly chipShifts: readonly Shift[];
  /** Cards that made room for others. */
  readonly cardShifts: readonly Shift[];
}

/** Less than this many pixels is rounding, not motion. */
const NOTICEABLE_PX = 1;

/** What has to be animated between two layouts, so that everything seems to go from where it was to where it is. */
export function planMotion(before: Positions, after: Positions): Motion {
  const cardShifts = [...after.cards].flatMap(([key, place]) => shiftBetween(key, before.cards.get(key), place));
  const shiftOf = new Map(cardShifts.map((shift) => [shift.key, shift]));
  const flights: Shift[] = [];
  const chipShifts: Shift[] = [];
  for (const [key, chip] of after.chips) {
    const was = before.chips.get(key);
    if (was === undefined) continue;
    if (was.card !== chip.card || was.isFlying) {
      flights.push({ key, dx: was.x - chip.x, dy: was.y - chip.y });
      continue;
    }
    // The card carries its chips along.
    const carried = shiftOf.get(chip.card);
    const relative = { x: was.x - (carried?.dx ?? 0), y: was.y - (carried?.dy ?? 0) };
    chipShifts.push(...shiftBetween(key, relative, chip));
  }
  return { flights, chipShifts, cardShifts };
}

function shiftBetween(key: string, from: Place | undefined, to: Place): Shift[] {
  if (from === undefined) return [];
  const dx = from.x - to.x;
  const dy = from.y - to.y;
  return Math.abs(dx) < NOTICEABLE_PX && Math.abs(dy) < NOTICEABLE_PX ? [] : [{ key, dx, dy }];
}
