import { Pace, type Steps } from "../../base/breather.js";
import { tooMany, unreadable } from "./split-json.js";

/** Values in one another that are copied; FHIR has some tens, and what is told of a record ends before. */
const MAX_DEPTH = 100;
/** Values of a record at most, some 20 MB of JSON: objects that share others are copied as often as they are named. */
export const MOST_VALUES = 1_000_000;
const MORE = "(more, not read)";

/**
 * The resources of a record that is given as objects: a Bundle's entries, a list's members, or the one resource. Each is
 * a copy in JSON's values, so that what an application has in its objects runs or changes nothing while it is read.
 * Undefined where it gives way.
 * @param onType Gets the Bundle's type.
 * @throws MedGemmaError `record_unreadable`.
 */
export function* givenResources(
  input: object,
  onType: (type: string) => void,
): Generator<unknown, void, void> {
  const copier = new Copier();
  const list = guarded(() => {
    if (Array.isArray(input)) return input;
    const { resourceType, entry, type } = input as Readonly<Record<string, unknown>>;
    if (typeof type === "string") onType(type);
    // FHIR's List has entries too, but they are no resources.
    return resourceType !== "List" && Array.isArray(entry) ? entry : undefined;
  });
  if (list === undefined) {
    yield yield* copier.copy(input);
    return;
  }
  const length = guarded(() => list.length);
  for (let at = 0; at < length; at++) yield (yield* copier.copy(guarded(() => list[at] as unknown))) ?? null;
}

class Copier {
  readonly #pace = new Pace();
  /** What the value at hand stands in. */
  readonly #around = new Set<object>();
  #count = 0;

  /** Undefined for what JSON has no word for. */
  *copy(given: unknown, depth = 0): Steps<unknown> {
    const value = guarded(() => asJson(given));
    if (typeof value !== "object" || value === null) return value;
    if (this.#around.has(value)) throw unreadable("an object of it stands in itself");
    if (depth > MAX_DEPTH) return MORE;
    this.#around.add(value);
    const copy: unknown[] | Record<string, unknown> = guarded(() => Array.isArray(value))
      ? []
      : (Object.create(null) as Record<string, unknown>);
    for (const key of guarded(() => placesOf(value))) {
      if (++this.#count > MOST_VALUES) throw tooMany(MOST_VALUES, "values");
      if (this.#pace.isDue()) yield undefined;
      if (typeof key === "number" && !guarded(() => Object.hasOwn(value, key))) continue;
      const own = yield* this.copy(
        guarded(() => (value as Readonly<Record<string | number, unknown>>)[key]),
        depth + 1,
      );
      if (Array.isArray(copy)) copy.push(own ?? null);
      else if (own !== undefined) copy[key] = own;
    }
    this.#around.delete(value);
    return copy;
  }
}

/** The names in an object; of a list the numbers up to its length, which are not all written down before the first. */
function placesOf(value: object): Iterable<string | number> {
  return Array.isArray(value) ? upTo(value.length) : Object.keys(value);
}

function* upTo(length: number): Generator<number, void, void> {
  for (let at = 0; at < length; at++) yield at;
}

/** As JSON.stringify takes a value: a Date as its text. Bytes are no JSON. */
function asJson(value: unknown): unknown {
  switch (typeof value) {
    case "bigint":
      return String(value);
    case "object": {
      if (value === null || ArrayBuffer.isView(value)) return null;
      const { toJSON } = value as { toJSON?: unknown };
      return typeof toJSON === "function" ? (toJSON.call(value, "") as unknown) : value;
    }
    case "string":
    case "number":
    case "boolean":
      return value;
    default:
      return undefined;
  }
}

/** What an application's object does when it is looked at is its own: its words may quote the record. */
function guarded<Result>(look: () => Result): Result {
  try {
    return look();
  } catch {
    throw unreadable("an object of it cannot be looked at: a getter, a Proxy or a toJSON has failed");
  }
}
