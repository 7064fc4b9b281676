import { cutAt, piecesOf } from "./scopes.js";

/** A part of a plain text. */
export interface TextPart {
  readonly type: "Text";
  readonly date: string | undefined;
  readonly text: string;
}

/** A line is not looked at in one go when it is longer. */
const MAX_LINE = 4000;

/**
 * Paragraphs, each on one line; long ones are cut at the end of a sentence or a word.
 * @param clean Called with each line before lines are joined.
 */
export function* paragraphs(
  text: string,
  longest: number,
  clean: (line: string) => string = (line) => line,
): Generator<TextPart, void, void> {
  let waiting = "";
  for (const line of lines(text)) {
    const words = clean(line).replace(/\s+/g, " ").trim();
    waiting = waiting === "" ? words : `${waiting} ${words}`;
    if (words !== "" && waiting.length < longest) continue;
    let rest = waiting.trim();
    while (rest.length > longest) {
      const cut = cutAt(rest, longest);
      yield toPart(rest.slice(0, cut));
      rest = rest.slice(cut).trim();
    }
    waiting = rest;
    if (words === "" && waiting !== "") {
      yield toPart(waiting);
      waiting = "";
    }
  }
  if (waiting !== "") yield toPart(waiting);
}

/** A title with its parts (see scopes.ts) on as many lines as they need, the title before each. */
export function* linesOf(
  title: string,
  parts: readonly string[],
  longest: number,
): Generator<string, void, void> {
  const before =
    title === "" ? "" : `${title.slice(0, longest / 2)}${title.length > longest / 2 ? " ..." : ""}: `;
  if (title.length > longest / 2) for (const piece of paragraphs(title, longest)) yield piece.text;
  const room = longest - before.length;
  const pieces = parts.flatMap((part) => piecesOf(part, room));
  let line = "";
  for (const piece of pieces) {
    if (line !== "" && line.length + piece.length + 2 > room) {
      yield before + line;
      line = "";
    }
    line = line === "" ? piece : `${line}; ${piece}`;
  }
  if (line !== "") yield before + line;
  else if (pieces.length === 0 && title !== "" && title.length <= longest / 2) yield title;
}

function* lines(text: string): Generator<string, void, void> {
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    if (stop - at > MAX_LINE) {
      const cut = at + cutAt(text.slice(at, at + MAX_LINE), MAX_LINE);
      yield text.slice(at, cut);
      at = cut;
    } else {
      yield text.slice(at, stop);
      at = stop + 1;
    }
  }
}

function toPart(text: string): TextPart {
  return { type: "Text", date: /\b\d{4}-\d{2}-\d{2}\b/.exec(text)?.[0], text: text.trim() };
}
