import { Breather, type Steps } from "../../base/breather.js";
import { MedGemmaError } from "../../base/errors.js";
import { parseSteps } from "./parse-json.js";

/** A Bundle whose entries come one by one. */
export interface StreamedBundle {
  /** `history`, `transaction`, ...; known at the end. */
  type: string | undefined;
}

/**
 * The resources of a JSON text, one by one: of a Bundle its entries, of NDJSON its lines, of a list its members. The
 * text is not parsed as a whole, which for 5 MB would hold the event loop and several times the memory.
 * @param streamed Gets the type of the Bundle, which may stand behind its entries.
 * @throws MedGemmaError `record_unreadable`.
 */
export async function* splitResources(
  text: string,
  streamed: StreamedBundle = { type: undefined },
): AsyncGenerator<unknown, void, void> {
  const breather = new Breather();
  const scanner = new Scanner(text, streamed);
  for (;;) {
    const piece = scanner.next();
    if (piece === undefined) break;
    if (piece !== "") yield await breather.through(parse(piece));
    await breather.breathe();
  }
}

function* parse(piece: string): Steps<unknown> {
  try {
    return yield* parseSteps(piece);
  } catch {
    // The parser's own words quote the record.
    throw unreadable("the JSON is damaged");
  }
}

export function unreadable(why: string, remedy?: string): MedGemmaError {
  return new MedGemmaError("record_unreadable", `The record cannot be read: ${why}.`, { remedy });
}

/** @param of What of the record is counted. */
export function tooMany(most: number, of: string): MedGemmaError {
  return unreadable(
    `it has more than ${most} ${of}`,
    "Pass the part that the question is about: one stay, or some years.",
  );
}

/** A bracket that is left out anywhere looks like this as well. */
const ENDS = "the JSON ends too early, in the middle of a value, or a quotation mark or bracket is missing";
const STRUCTURE = /["{}[\]]/g;
/** Those that tell which of two versions is the newer. */
const BUNDLE_TYPES: ReadonlySet<string> = new Set([
  "history",
  "transaction",
  "batch",
  "collection",
  "searchset",
  "document",
  "message",
]);
/** Structural characters in one go. */
const STEPS = 20_000;

/** Finds where resources begin and end by brackets alone; strings are jumped over. */
class Scanner {
  readonly #text: string;
  readonly #structure = new RegExp(STRUCTURE);
  readonly #streamed: StreamedBundle;
  #depth = 0;
  /** The brackets that are open. */
  readonly #opened: string[] = [];
  /** Depth of the list whose members are resources; -1 when there is none. */
  #list = -1;
  #start = -1;
  /** Where the object at the top begins. */
  #top = -1;
  /** The list of entries came before the type, and none of them is known yet. */
  #guessed = false;
  /** The object at the top has had a list of entries, so that it is no resource itself. */
  #bundle = false;
  #lastString = "";
  #lastEnd = 0;
  /** What the object at the top says it is: a List has entries too. */
  #type = "";

  constructor(text: string, streamed: StreamedBundle) {
    this.#text = text;
    this.#streamed = streamed;
  }

  /** A resource's text; `""` when there is more to do; undefined at the end. */
  next(): string | undefined {
    for (let step = 0; step < STEPS; step++) {
      const found = this.#structure.exec(this.#text);
      if (found === null) {
        if (this.#depth !== 0) throw unreadable(ENDS);
        return undefined;
      }
      const at = found.index;
      const char = this.#text[at] as string;
      if (char === '"') this.#string(at);
      else if (char === "{" || char === "[") this.#open(char, at);
      else {
        const piece = this.#close(at);
        if (piece !== undefined) return piece;
      }
    }
    return "";
  }

  #string(at: number): void {
    let end = at;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw unreadable(ENDS);
    } while (this.#escaped(end));
    // Only names of the top object matter, and its type.
    const own = this.#depth === 1 ? this.#text.slice(at + 1, Math.min(end, at + 32)) : "";
    if (this.#depth === 1 && this.#lastString === "resourceType") this.#type = own;
    if (this.#depth === 1 && this.#lastString === "type" && BUNDLE_TYPES.has(own)) this.#streamed.type = own;
    this.#lastString = own;
    this.#lastEnd = end + 1;
    this.#structure.lastIndex = end + 1;
  }

  #escaped(end: number): boolean {
    let slashes = 0;
    while (this.#text[end - 1 - slashes] === "\\") slashes++;
    return slashes % 2 === 1;
  }

  #open(char: string, at: number): void {
    if (char === "[" && this.#list < 0) {
      const isEntry =
        this.#depth === 1 &&
        this.#lastString === "entry" &&
        this.#type !== "List" &&
        /^\s*:\s*$/.test(this.#text.slice(this.#lastEnd, at));
      if (isEntry || this.#depth === 0) {
        this.#list = this.#depth + 1;
        this.#bundle = true;
        this.#guessed = isEntry && this.#type === "";
      }
    }
    if (this.#depth === 0) this.#top = at;
    if (char === "{" && (this.#depth === 0 || this.#depth === this.#list)) this.#start = at;
    if (this.#depth === 0) this.#type = "";
    this.#depth++;
    this.#opened.push(char);
  }

  #close(at: number): string | undefined {
    this.#depth--;
    const opened = this.#opened.pop();
    if (opened === undefined)
      throw unreadable("the JSON is damaged: a bracket is closed that was not opened");
    if ((opened === "{") !== (this.#text[at] === "}")) {
      throw unreadable("the JSON is damaged: a bracket is closed by one of another kind");
    }
    if (this.#depth === this.#list && this.#text[at] === "}") {
      const piece = this.#text.slice(this.#start, at + 1);
      if (!this.#guessed || /"resource(?:Type)?"\s*:/.test(piece)) {
        this.#guessed = false;
        return piece;
      }
      // Entries of a List, or of a Bundle that begins with one without a resource: it is read whole.
      this.#guessed = false;
      this.#list = -1;
      this.#bundle = false;
      this.#start = this.#top;
      return undefined;
    }
    if (this.#depth < this.#list) this.#list = -1;
    if (this.#depth !== 0) return undefined;
    const whole = this.#bundle ? undefined : this.#text.slice(this.#start, at + 1);
    this.#bundle = false;
    return whole;
  }
}
