/** Milliseconds that a timer takes; one for longer ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
