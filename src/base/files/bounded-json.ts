import { setImmediate } from "node:timers/promises";

/** What JSON from elsewhere may be made of: the parser takes it as a whole, on the thread that everything else shares. */
export interface JsonBounds {
  /** Lists and objects within each other. */
  readonly depth: number;
  /** Commas, colons and opening brackets: a name or a list takes the parser as long as a hundred letters. */
  readonly items: number;
}

/** Of what names and settings are kept in. */
export const SMALL_JSON: JsonBounds = { depth: 64, items: 50_000 };

/** Of a line of a user's file: a case, a row of a data set. */
export const JSON_LINE: JsonBounds = { depth: 500, items: 200_000 };

/** JSON that is not parsed, as it goes beyond its bounds. */
export class UnboundedJson extends Error {}

/** Characters that are looked at before the event loop has its turn. */
const PIECE = 1 << 20;

/** @throws UnboundedJson, SyntaxError. */
export function parseBounded(text: string, bounds: JsonBounds): unknown {
  const scan = new Scan(text, bounds);
  while (!scan.on(text.length));
  return JSON.parse(text);
}

/** As {@link parseBounded}, for a text of megabytes. */
export async function parseLongBounded(text: string, bounds: JsonBounds): Promise<unknown> {
  const scan = new Scan(text, bounds);
  while (!scan.on(PIECE)) await setImmediate();
  return JSON.parse(text);
}

/** Counts what the text has outside of its strings. */
class Scan {
  #at = 0;
  #depth = 0;
  #items = 0;

  constructor(
    private readonly text: string,
    private readonly bounds: JsonBounds,
  ) {}

  /** Goes on by some characters; true at the end. */
  on(characters: number): boolean {
    const end = Math.min(this.text.length, this.#at + characters);
    for (; this.#at < end; this.#at++) {
      const code = this.text.charCodeAt(this.#at);
      if (code === QUOTE) this.#at = this.#stringEnd();
      else if (code === COMMA || code === COLON) this.#items++;
      else if (code === LIST || code === OBJECT) {
        this.#items++;
        this.#depth++;
      } else if (code === LIST_END || code === OBJECT_END) this.#depth--;
      else continue;
      if (this.#depth > this.bounds.depth || this.#items > this.bounds.items) throw new UnboundedJson();
    }
    return this.#at >= this.text.length;
  }

  /** Of the quotation mark that ends the string which begins here; where none does, of the text. */
  #stringEnd(): number {
    for (let end = this.#at; ; ) {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) return this.text.length;
      let slashes = 0;
      while (this.text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
      if (slashes % 2 === 0) return end;
    }
  }
}

const [QUOTE, COMMA, COLON, LIST, OBJECT, LIST_END, OBJECT_END, BACKSLASH] = [...'",:[{]}\\'].map((char) =>
  char.charCodeAt(0),
);
