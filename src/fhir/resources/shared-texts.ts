import { Pace, type Steps } from "../../base/breather.js";
import { HAS, mayHave } from "../elements/survey.js";
import { asList, asObject, asText, conceptText, type Json, keysOf } from "../elements/values.js";

/** Things in one another that are looked at. */
const MAX_DEPTH = 40;
/** Codings of one concept that are compared. */
const MAX_CODINGS = 20;

/** Concepts that a record calls the same and codes differently: "Diabetes" of type 1 and of type 2. */
export class SharedTexts {
  /** By text and system the codes that came first. */
  readonly #first = new Map<string, ReadonlySet<string>>();
  /** Texts with systems whose codes differ. */
  readonly #shared = new Set<string>();
  readonly #pace = new Pace();

  *learn(resource: Json): Steps<void> {
    if (yield* mayHave(resource, HAS.codings, this.#pace)) yield* this.#learnIn(resource, 0);
  }

  *#learnIn(value: unknown, depth: number): Steps<void> {
    if (this.#pace.isDue()) yield undefined;
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return;
    const text = toldOf(value as Json);
    if (text !== undefined) {
      for (const [system, codes] of codesOf(value as Json)) {
        const key = `${text}\n${system}`;
        const first = this.#first.get(key) ?? codes;
        this.#first.set(key, first);
        if (![...codes].some((it) => first.has(it))) this.#shared.add(key);
      }
    }
    for (const key of keysOf(value)) yield* this.#learnIn((value as Json)[key], depth + 1);
  }

  /** The same resource, or a copy in which such concepts have their codes behind the text. */
  *apart<Value>(value: Value, depth = 0): Steps<Value> {
    if (this.#pace.isDue()) yield undefined;
    if (this.#shared.size === 0 || typeof value !== "object" || value === null || depth > MAX_DEPTH)
      return value;
    let copy: Record<string, unknown> | unknown[] | undefined;
    const begin = (): Record<string, unknown> | unknown[] =>
      Array.isArray(value)
        ? [...(value as unknown[])]
        : Object.assign(Object.create(null) as Record<string, unknown>, value);
    for (const key of keysOf(value)) {
      const own: unknown = (value as Json)[key];
      const told = yield* this.apart(own, depth + 1);
      if (told === own) continue;
      copy ??= begin();
      (copy as Record<string, unknown>)[key] = told;
    }
    return (this.#withCodes((copy ?? value) as Json) ?? copy ?? value) as Value;
  }

  #withCodes(concept: Json): Json | undefined {
    const text = toldOf(concept);
    if (text === undefined) return undefined;
    const codes = [...codesOf(concept)].find(([system]) => this.#shared.has(`${text}\n${system}`))?.[1];
    if (codes === undefined) return undefined;
    // The text has what the displays say.
    const coding = asList(concept.coding).map((it) => ({ ...asObject(it), display: undefined }));
    return { ...concept, coding, text: `${text} (${[...codes].join(", ")})` };
  }
}

/** How a concept is told; undefined for what is none, or is told by its code. */
function toldOf(thing: Json): string | undefined {
  if (!Array.isArray(thing.coding)) return undefined;
  const isNamed =
    asText(thing.text) !== undefined || thing.coding.some((it) => asObject(it)?.display !== undefined);
  return isNamed ? conceptText(thing) : undefined;
}

function codesOf(concept: Json): Map<string, Set<string>> {
  const bySystem = new Map<string, Set<string>>();
  for (const it of asList(concept.coding).slice(0, MAX_CODINGS).map(asObject)) {
    const [system, code] = [asText(it?.system), asText(it?.code)];
    if (system === undefined || code === undefined) continue;
    const known = bySystem.get(system) ?? new Set();
    bySystem.set(system, known.add(code));
  }
  return bySystem;
}
