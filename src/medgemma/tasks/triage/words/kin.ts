import { lastOf, wordsOf } from "./compile.js";
import { OTHER_BEDS, OTHERS } from "./people.js";

/** Before a person: articles, and whose. */
export const OWN =
  "(?:(?:an?|the|his|her|my|their|patient\\s+'s|der|die|das|dem|des|seiner?|ihrer?|meiner?|seinem|ihrem|meinem|su|mi|la|el|le|les|l|sa|son|ma|mon|leur|maternal|paternal|(?:young|old|eld)er|twin)\\s+)*";
const SAID_AS_AGE =
  "(?:at(?:\\s+(?:the\\s+)?age)?(?:\\s+of)?|aged?|mit|im\\s+alter\\s+von|a\\s+los|con|de|a|a\\s+l\\s+age\\s+de)";
const YEARS = "(?:years?|yrs?|yo?|year\\s+old|jahren?|j|anos|ans)";
/** "50 Jahre", "50": to the end of its piece, for "at 5 pm" is another thing. */
const YEARS_OLD = `\\d{1,3}(?:[\\s-]*${YEARS})?(?:[\\s-]+old)?(?=\\s*(?:[,.;!?)\\n]|$))`;
const AGE = `(?:${SAID_AS_AGE}\\s+)?${YEARS_OLD}`;

const KIN = `${OWN}${wordsOf(OTHERS).source}`;
const ALL_KIN = `${KIN}(?:\\s*(?:[,/&+]|and|und|y|et)\\s*${KIN})*`;
const BRACKETS = new RegExp(`\\(\\s*${ALL_KIN}(\\s*[,;:]?\\s*${AGE})?\\s*\\)`, "gu");
const ONLY_NAMED = new RegExp(`^\\s*,\\s*of\\s+${ALL_KIN}(?=\\s*(?:,|$))`, "u");
const AGED = new RegExp(`^\\s*,\\s*${ALL_KIN}\\s*,?\\s*${AGE}`, "u");
const AT_AGE = new RegExp(`^\\s*,?\\s*${SAID_AS_AGE}\\s+${YEARS_OLD}`, "u");
const IN_OTHER_BED = wordsOf(OTHER_BEDS);

/**
 * Brackets that hold a person and nothing else, before they are taken for commas. "Cardiac arrest (mother, age 50)" is one
 * in the mother; without an age it may be who says so.
 */
export const bracketsOfKin = (text: string) =>
  text.replace(BRACKETS, (all: string, age?: string) => `${age ? " in" : ", of"} ${all.slice(1, -1)} ,`);

/** Whose a thing was is told behind it: "(mother)", ", mother, 50". */
export const isNamedAfter = (after: string) => after.search(ONLY_NAMED) >= 0 || after.search(AGED) >= 0;

/** "mother: cardiac arrest at 50" */
export const isAtAge = (after: string) => AT_AGE.test(after);

/** "unconscious patient in the next bed", "patient in the next bed is unconscious" */
export function isInOtherBed(before: string, after: string, speaks: RegExp): boolean {
  const bed = lastOf(IN_OTHER_BED, before);
  const between = bed && before.slice((bed.index ?? 0) + bed[0].length);
  if (between !== undefined && !between.includes(",") && between.search(speaks) < 0) return true;
  return (after.split(",")[0] ?? "").search(IN_OTHER_BED) >= 0;
}
