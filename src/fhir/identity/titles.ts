import { isEponym } from "./eponyms.js";
import {
  AFTER_TITLE,
  HALF_TITLES,
  PARTICLES,
  ROLES,
  STOPPED_TITLES,
  TITLES,
  WEAK_TITLES,
} from "./honorifics.js";
import type { Part } from "./known.js";
import { isWord } from "./lexicon.js";
import { isMeasure } from "./measures.js";
import { gapBefore, type Token } from "./tokens.js";

/** Where words stand. */
export interface Place {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** By token: what stands in its place. */
  readonly words: readonly (string | undefined)[];
}

/** Every noun has a capital after these. */
const GERMAN = new Set(["herr", "herrn", "frau", "fraulein", "hr", "schwester", "pfleger", "doktor", "med"]);

/**
 * Whether a word stands after "Mrs", "Dr. med.", "Frau": it is a name, known or not.
 * @param part What it is of a known name.
 */
export function isTitled(place: Place, at: number, part: Part | undefined): boolean {
  const { text, tokens } = place;
  const token = tokens[at] as Token;
  if (!token.capital || /^\d/.test(token.key)) return false;
  if (isSurname(place, at)) return true;
  const found = titleBefore(place, at);
  if (found === undefined) return false;
  const { title, noble, stopped } = found;
  if (WEAK_TITLES.has(title.key)) {
    if (part === undefined) {
      return (
        stopped && STOPPED_TITLES.has(title.key) && title.capital && isUnknownName(token) && !token.upper
      );
    }
    const isTitle = title.capital || /^(?:by|von|van)$/.test(title.key);
    const known = (part.sure || (noble && title.capital)) && part.word === "[name]";
    return known && isTitle && !isEponym(text, tokens, at);
  }
  if (!TITLES.has(title.key) || !title.capital || ROLES.has(token.key)) return false;
  // MR is a picture, MS a disease; with a full stop they are titles in capitals.
  if (title.upper && /^(?:mr|ms|dr)$/.test(title.key) && part === undefined) {
    return stopped && isUnknownName(token);
  }
  if (HALF_TITLES.has(title.key) && part === undefined) {
    // "HR Irregular" is a rate.
    return token.key.length > 2 && !isWord(token.key) && (!title.upper || token.upper);
  }
  if (part !== undefined) return !isMeasure(text, tokens, at) || part.sure;
  if (token.key.length < 2) return false;
  return !token.upper || title.upper || !isWord(token.key);
}

/** The title before a word, past particles and "med.". */
function titleBefore({ text, tokens }: Place, at: number) {
  let i = at - 1;
  while (i > at - 4 && PARTICLES.has(tokens[i]?.key ?? "") && gapBefore(text, tokens, i + 1) === " ") i--;
  const noble = i < at - 1;
  const gap = gapBefore(text, tokens, i + 1);
  if (!/^(?:\.?[ \u00a0]{1,2}|\.)$/.test(gap)) return undefined;
  // "Prof. W. Braun".
  while (
    i > at - 4 &&
    tokens[i]?.key.length === 1 &&
    tokens[i]?.capital &&
    gapBefore(text, tokens, i + 1) === ". "
  )
    i--;
  while (i > at - 6 && AFTER_TITLE.has(tokens[i]?.key ?? "") && /^\.? ?$/.test(gapBefore(text, tokens, i)))
    i--;
  const title = tokens[i];
  return title && { title, noble, stopped: gap.startsWith(".") };
}

function isUnknownName({ key }: Token): boolean {
  return key.length > 3 && !isWord(key);
}

/** "Mr. John Doe", "Frau Muster-Meier", "Dr. med. Anna Muster"; one that is a word at the end of what is said only. */
function isSurname({ text, tokens, words }: Place, at: number): boolean {
  const [token, title] = [tokens[at] as Token, tokens[at - 2]];
  if (title === undefined || words[at - 1] !== "[name]" || token.key.length < 3) return false;
  // In a text of capitals they tell nothing.
  if (token.upper) return false;
  if (!isUnknownName(token) && !/^\s*(?:$|[.,;:)\n])/.test(text.slice(token.end, token.end + 3)))
    return false;
  if (!TITLES.has(title.key) && !AFTER_TITLE.has(title.key)) return false;
  const gap = gapBefore(text, tokens, at);
  if (/^[-\u2010-\u2015]$/.test(gap)) return true;
  return /^[ \u00a0]$/.test(gap) && (!GERMAN.has(title.key) || (title.key === "med" && !token.upper));
}
