import { POSSIBLE } from "../case.js";
import type { VitalName } from "../scale.js";
import { anyOf, lastOf, wordsOf } from "./compile.js";
import { hasEnded } from "./ended.js";
import { isOfPatientNow, readings } from "./find.js";
import { type Place, placeOf, tokensOf } from "./place.js";
import { reaches } from "./reach.js";
import { IN_CENTIMETRES, PRESSURE_NAMES, VITAL_WORDS, type VitalWords } from "./vital-names.js";
import { NORMAL, NOT_REACHED, TRANSPARENT, WANTED } from "./vocabulary.js";

/** A vital sign that stands in the words. */
export interface SpokenVital {
  readonly vital: VitalName;
  readonly value: number;
  /** As they were read: without capitals and accents. */
  readonly words: string;
}

/** Between the name and its number. */
const LINK = anyOf([
  "[:=~\\u2248\\u2192,-]",
  "of|is|was|were|at|to|in|the|a|an|down|up|only|just|now|about|around|approx|currently|measured|reading|initial(?:ly)?|first",
  "drop(?:s|ped|ping)?|fell|falling|falls|found|low|high|mid|upper|weak|thready|regular|irregular|strong|faint|rapid|fast|slow",
  "von|bei|auf|nur|mit|liegt|betragt|ist|war|ca|etwa|gemessen|noch|schwach|unregelmassig",
  "de|en|es|esta|solo|est|seulement|que|medida|mesuree?",
]);
const BELOW = "<=?|\\u2264|below|under|less than|unter|menos de|por debajo de|moins de|inferieure? a";
const ABOVE = ">=?|\\u2265|above|over|more than|greater than|uber|mas de|plus de|superieure? a";
const BOUND = `(?:(?<below>${anyOf(BELOW.split("|"))})|(?<above>${anyOf(ABOVE.split("|"))}))?`;
/** A number, a range ("78-82") or a decade ("in the 70s"). */
const VALUE =
  "(?<value>\\d{1,3}(?:_\\d{1,2})?)(?:(?<decade>s)(?![\\p{L}\\p{N}])|\\s*(?:-|to|bis)\\s*(?<end>\\d{1,3}(?:_\\d)?))?(?![\\d_])";
/** Behind a number that is of something else. */
const NOT_ANOTHERS = `(?!\\s*(?:[%+°]|(?:/|over|zu|sur|por)\\s*\\d|${anyOf([
  "years?|yrs?|yo?|months?|mos?|weeks?|wks?|days?|hours?|hrs?|h|min(?:ute)?s?|secs?|seconds?|times|am|pm|st|nd|rd|th",
  "jahre?n?|monate?n?|wochen?|tage?n?|stunden?|minuten|uhr|mal|anos?|mes(?:es)?|semanas?|dias?|horas?|minutos?|ans?|mois|semaines?|jours?|heures?",
  "mg|mcg|g|kg|lbs?|ml|l|litres?|liters?|cm|mm|iu|ie|units?|mmol|kcal|miles?|km",
])}(?![\\p{L}\\p{N}])))`;
const START = "(?<![\\p{L}\\p{N}_])";

interface Compiled {
  readonly words: VitalWords;
  readonly patterns: readonly RegExp[];
}

const SINGLE: readonly Compiled[] = VITAL_WORDS.map((words) => {
  const unit = `(?:\\s*(?<unit>${anyOf(words.units)})(?!\\p{L}))`;
  const named = `${START}${anyOf(words.names)}(?!\\p{L})(?:\\s*${LINK}){0,5}\\s*${BOUND}\\s*${VALUE}(?:${unit}|${NOT_ANOTHERS})`;
  const telling = words.telling && `${START}${VALUE}\\s*(?<unit>${anyOf(words.telling)})(?!\\p{L})`;
  return { words, patterns: [named, ...(telling ? [telling] : [])].map((it) => new RegExp(it, "gu")) };
});
const PAIR = new RegExp(
  `${START}(?<name>${anyOf(PRESSURE_NAMES)})(?!\\p{L})(?:\\s*${LINK}){0,5}\\s*(?<high>\\d{1,3})\\s*(?:/|x|over|zu|sur|por)\\s*(?<low>\\d{1,3})(?![\\d_])(?!\\s*/)`,
  "gu",
);
/** The coma scale by its parts, in French Y for the eyes. */
const COMA_PARTS = /(?<![\p{L}\p{N}])[ey] ?([1-4])[\s,/]*v ?([1-5])[\s,/]*m ?([1-6])(?![\p{L}\p{N}])/gu;
const DESIRED = wordsOf(WANTED);
const HABITUAL = wordsOf(NORMAL);

/** Vital signs that the words tell of the patient, and now, by the same grammar as other words. */
export function readVitals(told: readonly string[], year = new Date().getFullYear()): SpokenVital[] {
  const first = new Map<string, SpokenVital>();
  for (const { text } of told.flatMap(readings)) {
    for (const { index, words, vitals } of writtenIn(text)) {
      // Each number once: whose and when it is takes a look at all around it.
      const anew = vitals.filter((it) => !first.has(keyOf(it)));
      if (anew.length > 0 && isTold(placeOf(text, index, words), year))
        for (const vital of anew) first.set(keyOf(vital), vital);
    }
  }
  return [...first.values()];
}

const keyOf = ({ vital, value }: SpokenVital) => `${vital} ${value}`;

function isTold(place: Place, year: number): boolean {
  return isOfPatientNow(place, {}, year) && !hasEnded(place) && !isWanted(place.before);
}

interface Written {
  readonly index: number;
  /** As they stand in the text. */
  readonly words: string;
  readonly vitals: readonly SpokenVital[];
}

/** Names with their numbers, of whomever and whenever. */
function* writtenIn(text: string): Generator<Written, void, void> {
  for (const { 0: words, index, groups = {} } of text.matchAll(PAIR))
    yield { index, words, vitals: pressures(groups, shown(words)) };
  for (const { 0: words, index, 1: eyes, 2: voice, 3: motion } of text.matchAll(COMA_PARTS)) {
    const value = Number(eyes) + Number(voice) + Number(motion);
    // The lower ones are words of level 1.
    if (value > 8) yield { index, words, vitals: [{ vital: "gcs", value, words: shown(words) }] };
  }
  for (const { words: sign, patterns } of SINGLE) {
    for (const pattern of patterns) {
      for (const { 0: words, index, groups = {} } of text.matchAll(pattern)) {
        const value = numberOf(sign, groups);
        if (value !== undefined)
          yield { index, words, vitals: [{ vital: sign.vital, value, words: shown(words) }] };
      }
    }
  }
}

/** What somebody wants to see, or how it always is, and not what was measured. */
function isWanted(before: string): boolean {
  const desired = lastOf(DESIRED, before);
  if (desired !== undefined && reachesOver(desired, before))
    return !NOT_REACHED.test(before.slice(0, desired.index));
  const habitual = lastOf(HABITUAL, before);
  if (habitual === undefined || !reachesOver(habitual, before)) return false;
  const ahead = before.slice(0, habitual.index).split(",").at(-1) ?? "";
  return tokensOf(ahead).every((it) => TRANSPARENT.has(it));
}

const reachesOver = ({ index = 0, 0: words }: RegExpMatchArray, before: string) =>
  reaches(before.slice(index + words.length), "", { noun: false, listed: false, and: false, whole: false });

type Groups = Readonly<Record<string, string | undefined>>;

function pressures({ name = "", high = "", low = "" }: Groups, words: string): SpokenVital[] {
  const scale = IN_CENTIMETRES.test(name) && Number(high) < 30 ? 10 : 1;
  const [systolic, diastolic] = [Number(high) * scale, Number(low) * scale];
  if (systolic <= diastolic || systolic < 20 || systolic > POSSIBLE.systolicBp[1]) return [];
  return [
    { vital: "systolicBp", value: systolic, words },
    { vital: "diastolicBp", value: diastolic, words },
  ];
}

/** @returns undefined for a number that is none of the sign, or a bound that says nothing of danger. */
function numberOf(
  sign: VitalWords,
  { value = "", end, decade, below, above, unit }: Groups,
): number | undefined {
  const given = toNumber(value);
  if ((above !== undefined && sign.safe === "above") || (below !== undefined && sign.safe === "below"))
    return undefined;
  let number = given;
  if (decade !== undefined) number = given + 5;
  // "78-82" is its middle; "110-70" are two pressures.
  if (end !== undefined && toNumber(end) > given) number = Math.round((given + toNumber(end)) / 2);
  if (below !== undefined) number -= 1;
  if (above !== undefined) number += 1;
  if (number < sign.from || number > sign.to) return undefined;
  return sign.vital === "temperature" ? celsius(number, unit) : number;
}

/** Nobody has 86 degrees Celsius; between 46 and 85 it is neither. */
function celsius(degrees: number, unit = ""): number | undefined {
  if (degrees <= POSSIBLE.temperature[1]) return /f/.test(unit) ? undefined : degrees;
  return degrees >= 86 ? Math.round((degrees - 32) * (50 / 9)) / 10 : undefined;
}

const toNumber = (text: string) => Number(text.replace("_", "."));
const shown = (words: string) =>
  words
    .replace(/(\d)_(\d)/g, "$1.$2")
    .replace(/\s+/g, " ")
    .replace(/ ([:/]) /g, "$1")
    .trim();
