const GAP = "\\s+(?:[-/]\\s+)?";

/**
 * A regular expression of whole words, from pieces in the form that `normalise` gives. A space stands for any space, line
 * ends included: "cardiac\narrest" is one thing. ` ?` stands for any or none.
 */
export function wordsOf(pieces: readonly string[], { before = "", after = "" } = {}): RegExp {
  return new RegExp(`${before}(?<![\\p{L}\\p{N}])${anyOf(pieces)}(?![\\p{L}\\p{N}])${after}`, "gu");
}

/** One of the pieces, as the source of a larger expression. */
export function anyOf(pieces: readonly string[]): string {
  const all = pieces.map((piece) => piece.replaceAll(" ?", "\\s*").replaceAll(" ", GAP));
  return `(?:${all.join("|")})`;
}

/** Of such an expression: the same words written without any space. */
export function withoutGaps({ source, flags }: RegExp): RegExp {
  return new RegExp(source.replaceAll(GAP, "\\s*").replaceAll("\\s+", "\\s*"), flags);
}

/** The last place where a pattern (with the flag `g`) is found. */
export function lastOf(pattern: RegExp, text: string): RegExpMatchArray | undefined {
  let last: RegExpMatchArray | undefined;
  for (const found of text.matchAll(pattern)) last = found;
  return last;
}
