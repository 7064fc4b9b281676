/**
 * Words that hold for what follows them, marked in a text until it is cut: "do NOT perform" in front of a long part
 * belongs in front of each piece of it. The marks are of Unicode's private use and taken out of what records say by `asText`.
 */
const OPEN = "\uE000";
const BRACKET = "\uE001";
const BEGIN = "\uE002";
const END = "\uE003";
const MARKS = /([\uE000-\uE003])/;
/** Characters of such words that are repeated. */
const MAX_BEFORE = 120;

/** @param before With the space or colon that parts it from the text. */
export function scope(before: string, text: string): string {
  return `${OPEN}${before}${BEGIN}${text}${END}`;
}

/** In brackets, so that it does not spread to its neighbours. */
export function bracketed(before: string, text: string): string {
  return `${BRACKET}${before}: ${BEGIN}${text}${END}`;
}

interface Open {
  before: string;
  readonly bracket: boolean;
}

/**
 * Pieces of at most so many characters, cut at sentences or words, with the words that hold before each. They are
 * shortened so far that half of a piece is left to the text.
 */
export function piecesOf(marked: string, longest: number): string[] {
  const pieces: string[] = [];
  const open: Open[] = [];
  let line = "";
  /** What the line has beside the words that hold. */
  let own = false;
  const closing = () => open.map((it) => (it.bracket ? ")" : "")).join("");
  const cutBefore = (before: string) => {
    const most = Math.min(MAX_BEFORE, Math.floor(longest / 2 / open.length));
    return before.length <= most ? before : `${before.slice(0, Math.max(0, most - 5))} ...: `;
  };
  const start = () => open.map((it) => (it.bracket ? "(" : "") + cutBefore(it.before)).join("");
  const put = (text: string) => {
    let rest = text;
    for (;;) {
      const room = Math.max(1, longest - line.length - closing().length);
      if (rest.length <= room) break;
      const cut = own && room < longest / 4 ? 0 : cutAt(rest, room);
      pieces.push((line + rest.slice(0, cut)).trim() + closing());
      rest = rest.slice(cut).trimStart();
      line = start();
      own = false;
    }
    line += rest;
    if (rest !== "") own = true;
  };
  let naming: string | undefined;
  for (const token of marked.split(MARKS)) {
    if (token === OPEN || token === BRACKET) {
      open.push({ before: "", bracket: token === BRACKET });
      naming = "";
    } else if (token === BEGIN && naming !== undefined) {
      const [last] = open.splice(-1);
      if (own && line.length + naming.length > longest * 0.75) {
        pieces.push(line.trim() + closing());
        line = start();
        own = false;
      }
      open.push({ before: naming, bracket: last?.bracket ?? false });
      const words = (last?.bracket ? "(" : "") + naming;
      line +=
        line.length + words.length > longest / 2 ? (last?.bracket ? "(" : "") + cutBefore(naming) : words;
      naming = undefined;
    } else if (token === END) {
      if (open.pop()?.bracket) line += ")";
    } else if (naming !== undefined) naming += token;
    else put(token);
  }
  if (line.trim() !== "") pieces.push(line.trim());
  return pieces;
}

/** Where a text is cut so that at most so many characters stay: after a sentence, else a word. */
export function cutAt(text: string, longest: number): number {
  const sentence = text.lastIndexOf(". ", longest - 1);
  if (sentence > longest / 2) return sentence + 1;
  const word = text.lastIndexOf(" ", longest);
  return word > longest / 2 ? word : longest;
}

export function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 4)} ...`;
}
