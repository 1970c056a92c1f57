/** How far the clocks of members, brokers and the verifier may be apart, in milliseconds. */
export const CLOCK_DIFFERENCE_MS = 2000;
