/** Begins an item of a list: "- ", "• ", "1. ", "2) ", "[x] ". */
const ITEM = /^(?:[-*•·–—>+#]+\s|\(?\d{1,2}[.)]\s|\(?[a-z][.)]\s|\[.?\])/iu;
/** Begins a line of a form: "Blood pressure: 120/80". */
const LABEL = /^[\p{Lu}\p{Lo}][\p{L}\p{N} ./()-]{1,40}[:：]\s/u;
/** What goes on in the next line: a comma, a hyphen, an open bracket, or a word that needs another. */
const GOES_ON =
  /[,(/&+=-]$|(?:^|\s)(?:and|or|of|the|a|an|with|without|for|to|in|on|at|by|from|not|no|is|was|are|were|has|had|und|oder|der|die|das|den|dem|mit|ohne|von|zu|zum|zur|im|in|nicht|kein\p{L}*|et|ou|de|du|des|la|le|les|avec|sans|ne|pas|y|o|el|los|con|sin)$/iu;
/** Characters of a line from which on it may have been broken because it was full. */
const FULL = 50;
/** Letters of scripts that take twice the room. */
const WIDE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/g;

/**
 * What stands between two lines of a note in one: a semicolon where each is a statement of its own, and a space where a
 * sentence was broken because its line was full.
 * @param width Characters of the longest line near them.
 */
export function joinOf(line: string, next: string, width: number): " " | "; " {
  if (line === "" || /[.;:!?|。；：！？]$/.test(line)) return " ";
  if (ITEM.test(next)) return "; ";
  if (GOES_ON.test(line) || /^\p{Ll}/u.test(next)) return " ";
  if (LABEL.test(next)) return "; ";
  const room = widthOf(line);
  const [first = ""] = next.split(" ", 1);
  return room >= FULL && room + 1 + widthOf(first) > width ? " " : "; ";
}

/** How wide a line stands. */
export function widthOf(line: string): number {
  return line.length + (line.match(WIDE)?.length ?? 0);
}
