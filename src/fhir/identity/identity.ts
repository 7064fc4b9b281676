import type { Steps } from "../../base/breather.js";
import type { Json } from "../elements/values.js";
import { toCharacters } from "../text/characters.js";
import type { Around } from "./groups.js";
import { Known } from "./known.js";
import { Learner } from "./learn.js";
import { findNames } from "./names.js";
import { findPatterns } from "./patterns.js";
import type { StructuredValues } from "./structured.js";
import { replaceSpans } from "./tokens.js";

/** Characters that are looked at in one go. */
const CHUNK = 8000;

export interface RedactOptions {
  /** Gets the words that name somebody elsewhere in the record and were kept, for they mean something too. */
  readonly kept?: Set<string> | undefined;
  /** What stands before and after the text. */
  readonly around?: Around | undefined;
  /** What of the text is no words. */
  readonly values?: StructuredValues | undefined;
}

/** What tells who somebody is, gathered from a record, and taken out of its texts. */
export class Identity {
  readonly #known = new Known();
  readonly #learner = new Learner(this.#known);

  /** Takes names, numbers and addresses from a resource; gives way between the steps of long work. */
  learn(resource: Json): Steps<void> {
    return this.#learner.learn(resource);
  }

  /** Strings of the record that tell who somebody is and could not be held. */
  get dropped(): number {
    return this.#known.dropped;
  }

  /**
   * The text without identity. Names that stand nowhere but in free text are found by their company only: a title, a
   * salutation, a signature, a form's label.
   */
  redact(given: string, { kept, around, values }: RedactOptions = {}): string {
    const text = toCharacters(given);
    let clean = "";
    for (let at = 0; at < text.length; ) {
      const end = chunkEnd(text, at);
      const piece = text.slice(at, end);
      const isValue = (start: number, stop: number) => values?.covers(piece, start, stop) === true;
      const names = findNames(piece, this.#known, isValue);
      for (const word of names.kept) kept?.add(word);
      clean += replaceSpans(piece, [...findPatterns(piece, isValue, around), ...names.spans]);
      at = end;
    }
    return clean;
  }
}

/** After a line, a sentence or a word. */
function chunkEnd(text: string, at: number): number {
  if (text.length - at <= CHUNK) return text.length;
  for (const gap of ["\n", ". ", " "]) {
    const found = text.lastIndexOf(gap, at + CHUNK);
    if (found > at + CHUNK / 2) return found + gap.length;
  }
  return at + CHUNK;
}
