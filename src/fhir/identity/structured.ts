import { asList, asObject, asText, conceptText, type Json, quantityText } from "../elements/values.js";
import { whenText } from "../words/when.js";

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
  #words: Words | undefined;
  #count = 0;
  /** The text that was asked about last, and how far the values reach that begin in it, by where. */
  #text = "";
  #reach = new Map<number, number>();

  constructor(private readonly resource: Json) {}

  /** Whether a part of a text is, or is in, such a value. */
  covers(text: string, start: number, end: number): boolean {
    const words = this.#all();
    if (words.all.size === 0) return false;
    if (text !== this.#text) {
      this.#text = text;
      this.#reach = new Map();
    }
    for (let from = start; from >= 0 && from > start - LONGEST; from--) {
      let reach = this.#reach.get(from);
      if (reach === undefined) {
        reach = reachOf(words, text, from);
        this.#reach.set(from, reach);
      }
      if (reach >= end) return true;
    }
    return false;
  }

  /** Gathered when they are first asked for: few texts have anything that looks like a name. */
  #all(): Words {
    if (this.#words === undefined) {
      const all = new Set<string>();
      this.#gather(this.resource, all, 0);
      this.#words = { all, lengths: lengthsOf(all) };
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

interface Words {
  readonly all: ReadonlySet<string>;
  /** How long those are that begin so, the longest first. */
  readonly lengths: ReadonlyMap<string, readonly number[]>;
}

/** Letters that tell whether a value may begin at a place: no more are compared where none does. */
const BEGINNING = 3;

function lengthsOf(words: ReadonlySet<string>): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const word of words) {
    const begins = word.slice(0, BEGINNING);
    const lengths = found.get(begins) ?? new Set();
    found.set(begins, lengths.add(word.length));
  }
  return new Map([...found].map(([begins, lengths]) => [begins, [...lengths].sort((a, b) => b - a)]));
}

/** Where the longest value ends that begins at a place; -1 where none does. */
function reachOf({ all, lengths }: Words, text: string, from: number): number {
  let reach = -1;
  for (let letters = 1; letters <= BEGINNING; letters++) {
    for (const length of lengths.get(text.slice(from, from + letters)) ?? []) {
      // Of shorter ones the beginning is the whole.
      const isWhole = length === letters || letters === BEGINNING;
      const to = from + length;
      if (isWhole && to > reach && to <= text.length && all.has(text.slice(from, to)) && isBorder(text, to)) {
        reach = to;
        break;
      }
    }
  }
  return reach >= 0 && isBorder(text, from) ? reach : -1;
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
