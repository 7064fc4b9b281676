import { wordsOf } from "./compile.js";

const NUMBER = /(?<![\p{L}\p{N}_])(?:19|20)\d\d(?![\p{L}\p{N}_])/gu;
/** Before a time of day. "Since 2010" may be either, and what is unclear is no year. */
const CLOCK_AHEAD = wordsOf(
  [
    "at(?: (?:about|around|approx\\w*|roughly|time))?",
    "since(?: (?:about|around))?",
    "about|around|approx\\w*|circa|ca|until|till|by",
    "um|seit|gegen|bis",
    "(?:a|de|desde|hasta|sobre|hacia) las",
    "desde|hacia",
    "depuis|vers|jusqu a",
  ],
  { after: "\\s+$" },
);
const SIGN_AHEAD = /[@~]\s*$/u;
/** In English an article: "a 2015 arrest". */
const FRENCH_AT = /(?<![\p{L}])a\s+$/u;
const ENDS = /^\s*(?:[.,;:)\n]|$)/u;
const HOURS_BEHIND =
  /^\s*(?:h|hrs?|hours?|min(?:ute[ns]?|s|utos?)?|uhr|heures?|horas?|zulu|local)(?![\p{L}])/u;
/** Before a year and nothing else. */
const YEAR_AHEAD =
  /(?<![\p{L}])(?:in|im|en|of|year|jahr|ano|annee|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\p{L}*|spring|summer|autumn|winter)\s+$/u;
/** Nobody tells of a state so long ago: a bare "1945" is a quarter to eight. */
const FIRST_BARE = 1960;

/** Years before this one. A time of day may look like one: "at 2010", "1945 hours". */
export const yearsIn = (text: string, thisYear: number) =>
  [...text.matchAll(NUMBER)].filter(({ 0: digits, index }) => {
    const [ahead, behind] = [text.slice(0, index), text.slice(index + digits.length)];
    return Number(digits) < thisYear && isYear(Number(digits), ahead, behind);
  });

function isYear(number: number, ahead: string, behind: string): boolean {
  if (HOURS_BEHIND.test(behind)) return false;
  if (YEAR_AHEAD.test(ahead)) return true;
  if (number < FIRST_BARE || ahead.search(CLOCK_AHEAD) >= 0 || SIGN_AHEAD.test(ahead)) return false;
  return !(FRENCH_AT.test(ahead) && ENDS.test(behind));
}
