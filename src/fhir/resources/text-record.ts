import { Pace } from "../../base/breather.js";
import { cutAt, piecesOf } from "../elements/scopes.js";
import type { Around } from "../identity/groups.js";
import { joinOf, widthOf } from "../words/line-joins.js";
import type { Moment } from "../words/when.js";
import { dateHeading, dayOrderOf } from "./text-date.js";

/** A part of a plain text. */
export interface TextPart {
  readonly text: string;
  /** Of the part, or of the visit that it stands under. */
  readonly moment: Moment | undefined;
}

export interface TextOptions {
  /** Characters of a part at most. */
  readonly longest: number;
  /** Later dates are plans. */
  readonly now: Date;
  /** Called with each line before lines are joined. */
  readonly clean: (line: string, around: Around) => string;
}

const WIDE = /[ \t]{9,}/g;
/** A line is not looked at in one go when it is longer. */
const MAX_LINE = 4000;
/** Characters before and after a line that are looked at to understand it. */
const NEAR = 200;

/**
 * Paragraphs, each on one line in which a semicolon parts what were statements in lines of their own, and undefined where it gives way; long ones are cut at the end of a sentence or a word. A line that begins with a date
 * begins a paragraph, and those after it are of that date until the next one.
 */
export function* paragraphs(
  text: string,
  { longest, now, clean }: TextOptions,
): Generator<TextPart | undefined, void, void> {
  const pace = new Pace();
  const order = dayOrderOf(text);
  let waiting = "";
  let last = "";
  /** Of the widest line of the paragraph. */
  let width = 0;
  let moment: Moment | undefined;
  /** A date in a line of its own that nothing has followed yet. */
  let heading: string | undefined;
  const part = (own: string): TextPart => ({ text: own, moment });
  for (const { start, end } of lines(text)) {
    const line = text.slice(start, end);
    if (pace.isDue(line.length)) yield undefined;
    // Wide gaps mean no more than narrow ones, and take long to be searched.
    const around = {
      before: text.slice(Math.max(0, start - NEAR), start),
      after: text.slice(end, end + NEAR),
    };
    const words = clean(line.replace(WIDE, "        "), around).replace(/\s+/g, " ").trim();
    const date = dateHeading(words, now, order, {
      first: waiting === "" && heading === undefined,
      followed: /^\n[ \t]*\S/.test(around.after),
    });
    if (date !== undefined) {
      const before = waiting || heading;
      if (before !== undefined && before !== "") yield part(before);
      moment = date.moment;
      heading = date.alone ? words : undefined;
      waiting = date.alone ? "" : words;
    } else {
      waiting =
        waiting === "" || words === "" ? waiting + words : waiting + joinOf(last, words, width) + words;
    }
    last = words;
    width = words === "" ? 0 : Math.max(width, widthOf(words));
    if (waiting !== "") heading = undefined;
    if (words !== "" && waiting.length < longest) continue;
    let rest = waiting.trim();
    while (rest.length > longest) {
      const cut = cutAt(rest, longest);
      yield part(rest.slice(0, cut).trim());
      rest = rest.slice(cut).trim();
    }
    waiting = rest;
    if (words === "" && waiting !== "") {
      yield part(waiting);
      waiting = "";
    }
  }
  if (waiting.trim() !== "") yield part(waiting.trim());
  else if (heading !== undefined) yield part(heading);
}

/**
 * A title with its parts (see scopes.ts) on as many lines as they need, the title before each.
 * @param standing Belongs before each line but the first, which says it itself.
 * @param parts And undefined where making them gives way, which is handed on.
 */
export function* linesOf(
  title: string,
  standing: string | undefined,
  parts: Iterable<string | undefined>,
  longest: number,
): Generator<string | undefined, void, void> {
  const short = title.length > longest / 2 ? `${title.slice(0, longest / 2)} ...` : title;
  if (short !== title) yield* piecesOf(title, longest);
  const first = short === "" ? "" : `${short}: `;
  const later = headOf(short, standing);
  const room = longest - later.length;
  let before = first;
  let line = "";
  for (const part of parts) {
    if (part === undefined) {
      yield undefined;
      continue;
    }
    for (const piece of piecesOf(part, room)) {
      if (line !== "" && line.length + piece.length + 2 > room) {
        yield before + line;
        before = later;
        line = "";
      }
      line = line === "" ? piece : `${line}; ${piece}`;
    }
  }
  if (line !== "") yield before + line;
  else if (before === first && title !== "" && short === title) yield title;
}

/** What stands before a later piece of an entry: what it is about, and how it stands. */
export function headOf(title: string, standing: string | undefined): string {
  const state = standing === undefined ? "" : `(${standing})`;
  const head = [title, state].filter(Boolean).join(" ");
  return head === "" ? "" : `${head}: `;
}

function* lines(text: string): Generator<{ readonly start: number; readonly end: number }, void, void> {
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    if (stop - at > MAX_LINE) {
      const cut = at + cutAt(text.slice(at, at + MAX_LINE), MAX_LINE);
      yield { start: at, end: cut };
      at = cut;
    } else {
      yield { start: at, end: stop };
      at = stop + 1;
    }
  }
}
