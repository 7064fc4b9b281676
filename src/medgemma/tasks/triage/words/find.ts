import type { WordGrammar, WordRule } from "../scale.js";
import { withoutGaps } from "./compile.js";
import { isDenied } from "./denied.js";
import { hasEnded } from "./ended.js";
import { hasSpacedLetters, withHiddenSpaces } from "./letters.js";
import { normalise } from "./normalise.js";
import { isPart } from "./parts.js";
import { isPast } from "./past.js";
import { type Place, placeOf } from "./place.js";
import { isSupposed } from "./supposed.js";
import { isUntreated } from "./treatment.js";
import { isOthers } from "./whose.js";

/** Words that count. */
export interface Spoken {
  readonly rule: WordRule;
  /** As they were read: without capitals, accents and contractions. */
  readonly words: string;
  readonly level: number;
}

/**
 * The most urgent words of each rule that are said of the patient, and now: not denied, not of somebody else, long past,
 * feared, taught, or of a limb. Whatever is unclear counts as said: a rule errs to the urgent side.
 *
 * @param year Years before it are past.
 */
export function findSpoken(
  told: readonly string[],
  rules: readonly WordRule[],
  year = new Date().getFullYear(),
): Spoken[] {
  const texts = told.flatMap(readings);
  return rules.flatMap((rule) => {
    const found = texts.flatMap((text) => spokenIn(text, rule, year));
    found.sort((a, b) => a.level - b.level);
    return found.slice(0, 1);
  });
}

export interface Reading {
  readonly text: string;
  /** Letters were spaced apart: where all gaps are alike, nothing tells where a word ends. */
  readonly spaced: boolean;
}

/** Each way in which a text can be read: what counts in one of them counts. */
export function readings(text: string): Reading[] {
  // A hyphen at a line's end may join two words or one.
  const broken = /(\p{L})-[ \t]*\r?\n[ \t]*(?=\p{Ll})/gu;
  const all = [text, text.replace(broken, "$1"), withHiddenSpaces(text)];
  return [...new Set(all)].map((it) => ({ text: normalise(it), spaced: hasSpacedLetters(it) }));
}

function spokenIn({ text, spaced }: Reading, rule: WordRule, year: number): Spoken[] {
  const found = spokenAs(rule.pattern, text, rule, year);
  return spaced ? [...found, ...spokenAs(withoutGaps(rule.pattern), text, rule, year)] : found;
}

function spokenAs(pattern: RegExp, text: string, rule: WordRule, year: number): Spoken[] {
  const flags = pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`;
  const found: Spoken[] = [];
  for (const { 0: words, index } of text.matchAll(new RegExp(pattern, flags))) {
    const place = placeOf(text, index, words);
    const { grammar = {} } = rule;
    if (!isOfPatientNow(place, grammar, year)) continue;
    const { endedLevel } = grammar;
    const level = endedLevel !== undefined && hasEnded(place) ? endedLevel : rule.level;
    found.push({ rule, words: words.replace(/\s+/g, " "), level });
    // Only the most urgent is asked for.
    if (level === rule.level) break;
  }
  return found;
}

/** Not denied, long past, supposed, of somebody else, a limb or an illness. */
export function isOfPatientNow(place: Place, grammar: WordGrammar, year: number): boolean {
  const { noun = false, treatable = false, unless } = grammar;
  if (isDenied(place, grammar) || isPast(place, grammar, year) || isSupposed(place, noun)) return false;
  if (isOthers(place, grammar) || isPart(place, grammar)) return false;
  if (treatable && isUntreated(place)) return false;
  return unless === undefined || place.sentence.search(unless) < 0;
}
