import { badOption, MedGemmaError } from "./errors.js";
import { isObject, type JsonObject } from "./guards.js";
import { MOST_NAMES, OwnCopy } from "./own-copy.js";

/** Options with a value for each: none is undefined. */
export type Filled<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };

/** Without the names whose value is undefined, which is the same as not naming them. */
export function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/**
 * What a caller's object says, as `read` finds it. What its own getters or traps throw is told as a bad option, with that as
 * the cause: it is no fault of what reads.
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (MedGemmaError.isInstance(cause)) throw cause;
    throw new MedGemmaError("bad_option", `What was passed for ${name} cannot be read.`, {
      facts: { option: name },
      remedy: `Pass plain values of the documented form for ${name}.`,
      cause,
    });
  }
}

/**
 * The options as an object of our own: each is read once, here, and stays what it was then.
 * @throws MedGemmaError `bad_option` for anything but an object, and when reading it throws.
 */
export function readOnce<T extends object>(owner: string, options: T): T {
  return reading(`${owner} options`, () => {
    objectOption(`${owner} options`, options);
    const copy = new OwnCopy(`${owner} options`);
    // Inherited ones too, as a reader of the object itself would find them.
    const names: string[] = [];
    for (const name in options) {
      names.push(name);
      if (names.length > MOST_NAMES) break;
    }
    copy.checkNames(names);
    const values = names.map((name) => {
      const value = options[name as keyof T];
      return [name, BY_REFERENCE.has(name) ? value : copy.of(value)];
    });
    return Object.fromEntries(values) as T;
  });
}

/** May be of megabytes, or a library's own; they are read with care where they are read. */
const BY_REFERENCE: ReadonlySet<string> = new Set(["schema", "jsonSchema", "record"]);
/**
 * Lists and plain objects of our own, so that what a caller's do when they are read happens here. Instances of classes
 * (pictures, streams, signals, bytes) stay what they are.
 * @throws MedGemmaError `bad_option` when reading it throws.
 */
export function plain<T>(name: string, value: T): T {
  return reading(name, () => new OwnCopy(name).of(value) as T);
}

/** @throws MedGemmaError `bad_option` for items that are no objects. */
export function checkObjects(name: string, items: readonly unknown[]): void {
  for (const [index, item] of items.entries())
    if (typeof item !== "object" || item === null) throw badOption(`${name}[${index}]`, "an object", item);
}

/** @throws MedGemmaError `bad_option`. */
export function checkSignal(signal: unknown): void {
  const isSignal = signal === undefined || reading("signal", () => signal instanceof AbortSignal);
  if (!isSignal) throw badOption("signal", "an AbortSignal", signal);
}

/** @throws MedGemmaError `bad_option`. */
export function functionOption<T>(name: string, value: T): T {
  if (value !== undefined && typeof value !== "function") throw badOption(name, "a function", value);
  return value;
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
  objectOption(`${owner} options`, options);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const own = elsewhere.get(name.toLowerCase().replaceAll(/[-_]/g, ""));
    const near = own ?? nearestName(name, known);
    const hint = own ? ` It is called ${own} here.` : near === undefined ? "" : ` Did you mean ${near}?`;
    const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
    throw new MedGemmaError("bad_option", `Unknown option ${shown} of ${owner}.${hint}`, {
      facts: { option: shown, near },
      remedy: `Known options: ${[...known].sort().join(", ")}.`,
    });
  }
}

/** Characters that are told of an unknown name: it may be anything, a whole text too. */
const LONGEST_NAME = 60;

/** The known name that differs least from a wrong one, if it is near enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
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

/** @throws MedGemmaError `bad_option` for anything but an object. */
export function objectOption(name: string, value: unknown): JsonObject {
  if (!isObject(value)) throw badOption(name, "an object", value);
  return value;
}

export function stringOption(name: string, value: unknown): string | undefined {
  if (value !== undefined && typeof value !== "string") throw badOption(name, "a string", value);
  return value;
}
