/**
 * A table to look up what comes from outside: without a prototype, so that it has no `constructor` and no `__proto__` but
 * its own.
 */
export function table<Value>(entries: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}
