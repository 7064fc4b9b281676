/** Words between a denial and what it denies: "no further episodes of apnoea". Any other word ends its reach. */
const BETWEEN =
  "(?:(?:a|an|any|known|further|previous|prior|recent|new|signs?|evidence|episodes?|history|of|for)\\s+)*";
const DENIED = new RegExp(
  `\\b(?:no|not|denies|denied|denying|without|never|negative for|history of|previous|previously|prior)\\s+${BETWEEN}$`,
  "i",
);

/**
 * The first of the words that is not denied right before it, or told of the past: "no cardiac arrest", "history of
 * cardiac arrest". Whatever is unclear counts as said: a rule errs to the urgent side.
 */
export function findSpoken(text: string, pattern: RegExp): string | undefined {
  const flags = pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`;
  for (const found of text.matchAll(new RegExp(pattern, flags))) {
    if (!DENIED.test(text.slice(Math.max(0, found.index - 200), found.index))) return found[0];
  }
  return undefined;
}
