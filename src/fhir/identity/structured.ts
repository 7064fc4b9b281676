import { asList, asObject, asText, conceptText, type Json, quantityText } from "../values.js";
import { whenText } from "../when.js";

/** Characters of a value that is looked for; what is longer is words. */
const LONGEST = 120;
/** Values of a resource that are held, and things in one another. */
const MOST = 20_000;
const MAX_DEPTH = 40;

/**
 * Codes, quantities, numbers and dates of a resource as they are told: no words, in which nobody is named by the company
 * that names keep.
 */
export class StructuredValues {
  #words: Set<string> | undefined;
  #count = 0;

  constructor(private readonly resource: Json) {}

  /** Whether a part of a text is, or is in, such a value. */
  covers(text: string, start: number, end: number): boolean {
    const words = this.#all();
    if (words.size === 0) return false;
    for (let from = start; from >= 0 && from > start - LONGEST; from--) {
      if (!isBorder(text, from)) continue;
      for (let to = end; to <= text.length && to <= from + LONGEST; to++) {
        if (isBorder(text, to) && words.has(text.slice(from, to))) return true;
      }
    }
    return false;
  }

  /** Gathered when they are first asked for: few texts have anything that looks like a name. */
  #all(): Set<string> {
    if (this.#words === undefined) {
      this.#words = new Set();
      this.#gather(this.resource, this.#words, 0);
    }
    return this.#words;
  }

  #gather(value: unknown, words: Set<string>, depth: number): void {
    if (depth > MAX_DEPTH || ++this.#count > MOST) return;
    if (Array.isArray(value)) {
      for (const it of value) this.#gather(it, words, depth + 1);
      return;
    }
    const thing = asObject(value);
    const text = thing === undefined ? plain(value) : structured(thing);
    if (text !== undefined && text.length <= LONGEST) words.add(text);
    for (const key in thing) this.#gather(thing[key], words, depth + 1);
  }
}

/** Between two words, or where something else than words is. */
function isBorder(text: string, at: number): boolean {
  return !/[\p{L}\p{N}][\p{L}\p{N}]/u.test(text.slice(Math.max(0, at - 1), at + 1));
}

function plain(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && /^\d{4}(?:-\d\d){0,2}(?:T|$)/.test(value)
    ? (whenText(value) ?? value)
    : undefined;
}

function structured(thing: Json): string | undefined {
  const codings = asList(thing.coding).map(asObject);
  if (codings.some((it) => it?.code !== undefined)) return conceptText(thing);
  if (typeof thing.code === "string" && thing.display !== undefined) return asText(thing.display);
  return typeof thing.value === "number" ? quantityText(thing) : undefined;
}
