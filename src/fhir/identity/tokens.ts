import { fold, WORD } from "./fold.js";

/** A word of a text. */
export interface Token {
  readonly start: number;
  readonly end: number;
  /** Folded. */
  readonly key: string;
  /** It begins with a capital, or its script has none. */
  readonly capital: boolean;
  /** It is of capitals only. */
  readonly upper: boolean;
}

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: raw, index } of text.matchAll(WORD)) {
    const first = raw[0] as string;
    const capital = first !== first.toLowerCase() || first.toUpperCase() === first;
    const upper = raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();
    tokens.push({ start: index, end: index + raw.length, key: fold(raw), capital, upper });
  }
  return tokens;
}

/** What stands between a word and the one before; a line's end before the first. */
export function gapBefore(text: string, tokens: readonly Token[], at: number): string {
  const [left, right] = [tokens[at - 1], tokens[at]];
  return left === undefined || right === undefined ? "\n" : text.slice(left.end, right.start);
}

/** Something that stands for somebody, and what stands in its place. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly word: string;
}

/** The text with its spans replaced; of two that overlap the one that begins first, then the longer. */
export function replaceSpans(text: string, spans: readonly Span[]): string {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  let clean = "";
  let done = 0;
  for (const { start, end, word } of sorted) {
    if (start < done) continue;
    // Two names beside each other are one.
    const before = text.slice(done, start);
    if (clean.endsWith(word) && /^[\s,.'\u2019\u2010-\u2015-]{0,3}$/.test(before) && !before.includes("\n")) {
      done = end;
      continue;
    }
    clean += before + word;
    done = end;
  }
  return clean + text.slice(done);
}
