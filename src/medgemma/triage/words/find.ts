import type { WordRule } from "../../triage-scales/scale.js";
import { isDenied } from "./denied.js";
import { normalise } from "./normalise.js";
import { hasEnded, isPast } from "./past.js";
import { type Place, placeOf } from "./place.js";
import { isSupposed } from "./supposed.js";
import { isUntreated } from "./treatment.js";
import { isOthers, isPart } from "./whose.js";

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

/** A hyphen at a line's end may join two words or one. */
function readings(text: string): string[] {
  const broken = /(\p{L})-[ \t]*\r?\n[ \t]*(?=\p{Ll})/gu;
  const joined = text.replace(broken, "$1");
  return joined === text ? [normalise(text)] : [normalise(text), normalise(joined)];
}

function spokenIn(text: string, rule: WordRule, year: number): Spoken[] {
  const { pattern } = rule;
  const flags = pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`;
  const found: Spoken[] = [];
  for (const { 0: words, index } of text.matchAll(new RegExp(pattern, flags))) {
    const place = placeOf(text, index, words);
    if (!isOfPatientNow(place, rule, year)) continue;
    const { endedLevel } = rule.grammar ?? {};
    const level = endedLevel !== undefined && hasEnded(place) ? endedLevel : rule.level;
    found.push({ rule, words: words.replace(/\s+/g, " "), level });
  }
  return found;
}

function isOfPatientNow(place: Place, { grammar = {} }: WordRule, year: number): boolean {
  const { noun = false, limbs = false, treatable = false, unless } = grammar;
  if (isDenied(place, grammar) || isPast(place, grammar, year) || isSupposed(place, noun)) return false;
  if (isOthers(place) || isPart(place, limbs)) return false;
  if (treatable && isUntreated(place)) return false;
  return unless === undefined || place.sentence.search(unless) < 0;
}
