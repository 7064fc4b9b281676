import { wordsOf } from "./compile.js";
import type { Place } from "./place.js";
import { tokensOf } from "./place.js";
import { reaches } from "./reach.js";
import { HYPOTHETICAL, MODAL, PURPOSES, WHETHER } from "./vocabulary.js";

const CLAUSE = wordsOf(HYPOTHETICAL.clause);
const NOUN = wordsOf(HYPOTHETICAL.noun);
const PURPOSE = new RegExp(`^\\s*${PURPOSES}(?![\\p{L}])`, "u");
/** "might become unconscious" */
const BECOMES =
  /(?<![\p{L}])(?:might|may|could|would)\s+(?:\p{L}+ly\s+)?(?:become|go|get|fall|end\s+up)(?:\s+into)?\s+$/u;
const ADVICE =
  /(?<![\p{L}])(?:return|safety\s+net\w*|discharge)\s+(?:precautions?|advice|instructions?|netting)(?![\p{L}])/u;
/** All that follows is what to look out for. */
const INSTRUCTION = /(?<![\p{L}])(?:call|return|come back|seek|go|phone|ring)(?![\p{L}])[^,]*$/u;
/** "instructed to return if", "what if": longer conditions are no conditions of this thing. */
const LONGEST = 7;

/** What may come, is feared, asked for, taught, or only named: no state of the patient. */
export function isSupposed(place: Place, noun: boolean): boolean {
  const { before, after, found } = place;
  if (PURPOSE.test(after)) return true;
  if (/^stop\s/.test(found) && MODAL.test(before) && !/\b(?:can|to)\s+$/.test(before)) return true;
  if (BECOMES.test(before) || ADVICE.test(before)) return true;
  for (const { index, 0: words } of before.matchAll(CLAUSE)) {
    const between = before.slice(index + words.length);
    if (words === "if" && WHETHER.test(before.slice(0, index))) continue;
    if (INSTRUCTION.test(before.slice(0, index))) return true;
    if (!/[,:]/.test(between) && tokensOf(between).length <= LONGEST) return true;
  }
  for (const { index, 0: words } of before.matchAll(NOUN)) {
    const between = before.slice(index + words.length);
    if (/\b(?:can|could)\s+not\s+$|\bunable\s+to\s+$/.test(before.slice(0, index))) continue;
    if ((noun || /ing\b/.test(found)) && reaches(between, after, { noun, listed: true, and: true }))
      return true;
  }
  return false;
}
