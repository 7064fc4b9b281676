import { lastOf, wordsOf } from "./compile.js";
import type { Kind } from "./denied.js";
import { type Place, tokensOf } from "./place.js";
import { reaches } from "./reach.js";
import { PAST_BEFORE, PAST_TIMES, TRANSPARENT, USUAL } from "./vocabulary.js";
import { yearsIn } from "./years.js";

const BEFORE = wordsOf(PAST_BEFORE);
const TIMES = wordsOf(PAST_TIMES);
const HABIT = wordsOf(USUAL);
/** What a patient cannot bear, told with what it did once. */
const ALLERGY = /(?<![\p{L}])allerg(?:y|ies|ic|isch|ie|ia|ico|ica|ique)(?![\p{L}])[^.;\n]{0,60}$/u;
const CHANGED = /(?<![\p{L}])(?:not|no longer|from|off|below|above|than|nicht)\s+(?:\p{L}+\s+){0,2}$/u;
/** Last of its piece; "baseline alert" is how somebody was before. */
const AT_BASELINE =
  /^(?:\s+to(?:\s+(?!at\b)\p{L}+){1,3})?\s*(?:,\s*)?(?:(?:which|this|that) (?:is|was) )?(?:(?:at|as) )?(?:(?:his|her|their|my|the|per|patient 's) )*(?:(?:usual|known|normal|neurologic\w*|chronic) )*baseline(?: (?:for|per|according to) (?:\p{L}+ ?){1,2})?(?=\s*(?:[.,;:!?\n]|$))/u;
/** Begins something else of which a time may speak. */
const ASIDE =
  /(?<![\p{L}])(?:history|status post|previous|prior|past\s+history|who|because|due to)(?![\p{L}])/u;
/** Words between a thing and its time: "cardiac arrest, out of hospital, in 2019". */
const FAR = 8;

/** Long ago, or how the patient always is. */
export function isPast(place: Place, { noun = false, listed = false }: Kind, year: number): boolean {
  const { before, after } = place;
  for (const { index, 0: words } of before.matchAll(BEFORE)) {
    const between = before.slice(index + words.length);
    // "History: found unresponsive" is the story of today.
    if (!noun && words === "history" && /^\s*:/.test(between)) continue;
    // A heading ("past history: asthma, ...") holds its whole list.
    const heading = noun && /^past\s|:|significant|includes/.test(words) && tokensOf(between).length < 40;
    if (heading || reaches(between.replace(/^\s*:/, ""), after, { noun, listed, and: true, whole: true }))
      return true;
  }
  if (isUsual(before, after) || (noun && /^ana/.test(place.found) && ALLERGY.test(before))) return true;
  return saysWhen(before, after, year);
}

/** "usually unresponsive", "unresponsive at baseline". */
function isUsual(before: string, after: string): boolean {
  const found = lastOf(HABIT, before);
  if (found !== undefined) {
    const between = before.slice((found.index ?? 0) + found[0].length);
    // "Walks normally, unresponsive" and "not at baseline: unresponsive" are a change.
    const change = between.includes(",") || CHANGED.test(before.slice(0, found.index));
    if (!change && light(between)) return true;
  }
  return AT_BASELINE.test(after);
}

/** A time in the same piece between commas, or in a next one that holds nothing else: "cardiac arrest (2015)". */
function saysWhen(before: string, after: string, year: number): boolean {
  const [own = "", next = ""] = after.split(/[,:]/);
  const behind = own.slice(0, own.search(ASIDE) < 0 ? undefined : own.search(ASIDE));
  if (times(behind, year).some(({ index }) => tokensOf(behind.slice(0, index)).length <= FAR)) return true;
  const pieces = before.split(/[,:]/);
  const ahead = pieces.at(-1) ?? "";
  if (times(ahead, year).some(({ index, 0: words }) => light(ahead.slice(index + words.length)))) return true;
  const last = light(ahead) ? (pieces.at(-2) ?? "") : "";
  return [own.trim() === "" || tokensOf(own).length <= 3 ? next : "", last].some((piece) =>
    isOnlyTime(piece, year),
  );
}

function isOnlyTime(piece: string, year: number): boolean {
  const found = times(piece, year);
  const left = found.reduce((text, { 0: words }) => text.replace(words, " "), piece);
  return found.length > 0 && light(left.replace(/\b(?:resolved|since|about|around|on|or so)\b/g, " "));
}

const light = (text: string) => tokensOf(text).every((it) => it === "," || it === ":" || TRANSPARENT.has(it));

const times = (text: string, year: number): { index: number; 0: string }[] => [
  ...text.matchAll(TIMES),
  ...yearsIn(text, year),
];
