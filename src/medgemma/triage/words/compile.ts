/**
 * A regular expression of whole words, from pieces in the form that `normalise` gives. A space stands for any space, line
 * ends included: "cardiac\narrest" is one thing. ` ?` stands for any or none.
 */
export function wordsOf(pieces: readonly string[], { before = "", after = "" } = {}): RegExp {
  const all = pieces
    .map((piece) => piece.replaceAll(" ?", "\\s*").replaceAll(" ", "\\s+(?:[-/]\\s+)?"))
    .join("|");
  return new RegExp(`${before}(?<![\\p{L}\\p{N}])(?:${all})(?![\\p{L}\\p{N}])${after}`, "gu");
}

/** The last place where a pattern (with the flag `g`) is found. */
export function lastOf(pattern: RegExp, text: string): RegExpMatchArray | undefined {
  let last: RegExpMatchArray | undefined;
  for (const found of text.matchAll(pattern)) last = found;
  return last;
}
