/**
 * Milliseconds from now of a Retry-After, which has seconds or a date (RFC 9110, section 10.2.3); undefined where it has
 * neither.
 * @param header Null or empty: not sent.
 */
export function retryAfter(header: string | null): number | undefined {
  const text = header?.trim() ?? "";
  const wait = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** Whether an address is on this machine. */
export function isLoopback(address: string | URL): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
}
