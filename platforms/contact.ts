/** Whether somebody who is asked again and again answers, and since when that is so. */
export interface Contact {
  readonly isReachable: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What is known after another try, at `now`. */
export function noteContact(before: Contact, isReachable: boolean, now: number): Contact {
  return before.isReachable === isReachable ? before : { isReachable, since: now };
}
