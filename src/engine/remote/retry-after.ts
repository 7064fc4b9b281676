/** Milliseconds that a request waits for a busy endpoint before it asks again; more than that is told to the user. */
export const LONGEST_RETRY_AFTER = 60_000;

/**
 * Milliseconds from now of a Retry-After, which has seconds or a date; undefined where it has neither.
 * @param header Empty: not sent.
 */
export function retryAfter(header: string): number | undefined {
  const text = header.trim();
  const wait = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
