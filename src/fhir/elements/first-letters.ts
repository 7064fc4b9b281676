/**
 * A look at the first letter before a pattern of words: `(?=[...])`, or nothing where it cannot be told. Where a pattern
 * begins with a look behind for letters of all the world, most places of a text in another script are passed over a
 * hundred times as fast with it; what is found stays the same.
 * @param words Alternatives of literal letters, escapes, classes, and groups of these.
 */
export function withFirstLetters(words: string): string {
  const letters = firstOf(words);
  return letters === undefined ? "" : `(?=[${letters}])`;
}

/** What of a class stands for the first letters; undefined where there may be none, or any. */
function firstOf(words: string): string | undefined {
  const found = alternatives(words).map(firstOfOne);
  return found.includes(undefined) ? undefined : [...new Set(found)].join("");
}

const GROUP = /^\(\?:/;
const OPTIONAL = /^(?:[?*]|\{0,)\??/;
/** A letter, an escaped sign or a class of letters. */
const ATOM = /^(?:[\p{L}\p{N}☎#@-]|\\[.\-/]|\[[\p{L}\p{N} ]+\])/u;

function firstOfOne(words: string): string | undefined {
  const group = GROUP.test(words) ? groupEnd(words) : undefined;
  const atom = group === undefined ? ATOM.exec(words)?.[0] : words.slice(0, group);
  if (atom === undefined) return undefined;
  const own =
    group === undefined ? atom.replace(/^\[|\]$/g, "").replace("-", "\\-") : firstOf(atom.slice(3, -1));
  const rest = words.slice(atom.length);
  const optional = OPTIONAL.exec(rest)?.[0];
  if (own === undefined || optional === undefined) return own;
  const next = firstOfOne(rest.slice(optional.length));
  return next === undefined ? undefined : own + next;
}

/** Parts between bars that stand in no group and no class. */
function alternatives(words: string): string[] {
  const parts: string[] = [];
  let [depth, from, inClass] = [0, 0, false];
  for (let at = 0; at < words.length; at++) {
    const sign = words[at];
    if (sign === "\\") at++;
    else if (sign === "]") inClass = false;
    else if (inClass || sign === "[") inClass = true;
    else if (sign === "(") depth++;
    else if (sign === ")") depth--;
    else if (sign === "|" && depth === 0) {
      parts.push(words.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(words.slice(from));
  return parts;
}

/** Behind the bracket that closes the first. */
function groupEnd(words: string): number | undefined {
  let [depth, inClass] = [0, false];
  for (let at = 0; at < words.length; at++) {
    const sign = words[at];
    if (sign === "\\") at++;
    else if (sign === "]") inClass = false;
    else if (inClass || sign === "[") inClass = true;
    else if (sign === "(") depth++;
    else if (sign === ")" && --depth === 0) return at + 1;
  }
  return undefined;
}
