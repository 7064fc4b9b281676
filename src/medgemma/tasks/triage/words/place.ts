import { wordsOf } from "./compile.js";

/** Where a thing was said: what stands around it in its sentence. All in the form of `normalise`. */
export interface Place {
  /** From the beginning of the clause up to the words. */
  readonly before: string;
  /** From the words to the end of the clause. */
  readonly after: string;
  readonly found: string;
  /** The sentence with the clause in it. */
  readonly sentence: string;
  /** From the words to the end of all that is told. */
  readonly rest: string;
  readonly text: string;
}

/** Nothing reaches further: of a text without stops this is the sentence. */
const REACH = 300;
const STOP = /[.;!?\n]/g;
/** Words that begin a clause of their own, in which an earlier denial or time has no say. */
const TURN = wordsOf([
  "but",
  "however",
  "although",
  "though",
  "yet",
  "whereas",
  "except",
  "then",
  "now",
  "currently",
  "today",
  "presently",
  "aber",
  "jedoch",
  "sondern",
  "jetzt",
  "aktuell",
  "heute",
  "pero",
  "sino",
  "ahora",
  "hoy",
  "mais",
  "cependant",
  "maintenant",
]);

export function placeOf(text: string, start: number, found: string): Place {
  const end = start + found.length;
  const head = text.slice(Math.max(0, start - REACH), start);
  const tail = text.slice(end, end + REACH);
  const opening = lastEnd(head, STOP);
  const closing = firstStart(tail, STOP);
  const [left, right] = [head.slice(opening), tail.slice(0, closing)];
  return {
    before: dashed(left.slice(lastEnd(left, TURN))),
    after: dashed(right.slice(0, firstStart(right, TURN))),
    found,
    sentence: left + found + right,
    rest: text.slice(end, end + REACH),
    text,
  };
}

function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length;
  return end;
}

function firstStart(text: string, pattern: RegExp): number {
  for (const match of text.matchAll(pattern)) return match.index;
  return text.length;
}

/** A dash between words parts them as a comma does. */
const dashed = (text: string) => text.replaceAll(" - ", " , ");

/** Words, commas and strokes. */
export const tokensOf = (text: string): string[] => text.match(/[\p{L}\p{N}_']+|[,:/]/gu) ?? [];
