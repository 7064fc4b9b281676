import { vi } from "vitest";

/**
 * Asks again and again until the assertions in it hold. The limit is far above what anything takes on a busy machine: only
 * what never comes runs into it.
 */
export function until<T>(holds: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(holds, { timeout: 60_000, interval: 10 });
}
