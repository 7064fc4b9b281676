import { badOption, MedGemmaError } from "./errors.js";

/** Options with a value for each: none is undefined. */
export type Filled<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };

/** Without the names whose value is undefined, which is the same as not naming them. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Checks of option objects, in one sentence form. Order as in better-sqlite3: shape, names, then values. */

/**
 * Rejects anything but a plain object, and unknown names with the nearest known one.
 * @param elsewhere What other programs call the options, in lower case without `-` and `_`.
 */
export function checkNames(
  owner: string,
  options: object,
  known: readonly string[],
  elsewhere: ReadonlyMap<string, string> = new Map(),
): void {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw badOption(`${owner} options`, "an object", options);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const own = elsewhere.get(name.toLowerCase().replaceAll(/[-_]/g, ""));
    const near = own ?? nearestName(name, known);
    const hint = own ? ` It is called ${own} here.` : near === undefined ? "" : ` Did you mean ${near}?`;
    throw new MedGemmaError("bad_option", `Unknown option ${name} of ${owner}.${hint}`, {
      facts: { option: name, near },
      remedy: `Known options: ${[...known].sort().join(", ")}.`,
    });
  }
}

/** The known name that differs least from a wrong one, if it is near enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase().replaceAll(/[-_]/g, ""), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein's distance by rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export function numberOption(
  name: string,
  value: unknown,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw badOption(name, `a number from ${min} to ${max}`, value);
  }
  return value;
}

export function integerOption(
  name: string,
  value: unknown,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value !== undefined && !Number.isInteger(value)) {
    throw badOption(name, `a whole number from ${min} to ${max}`, value);
  }
  return numberOption(name, value, fallback, min, max);
}

export function stringOption(name: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw badOption(name, "a string", value);
  return value;
}
