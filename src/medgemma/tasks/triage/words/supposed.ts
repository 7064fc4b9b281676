import { lastOf, wordsOf } from "./compile.js";
import type { Place } from "./place.js";
import { tokensOf } from "./place.js";
import { reaches } from "./reach.js";
import {
  COMMANDS,
  FIGURES,
  GERMAN_STATES,
  GERMAN_SUBJECTS,
  HYPOTHETICAL,
  MODAL,
  ONSETS,
  PURPOSES,
  WHETHER,
} from "./vocabulary.js";

const CLAUSE = wordsOf(HYPOTHETICAL.clause);
const NOUN = wordsOf(HYPOTHETICAL.noun);
/** Of a thing only: "apnoea review" is a visit, "unresponsive review asap" a call for help. */
const PURPOSE = new RegExp(`^\\s*${PURPOSES}(?![\\p{L}])`, "u");
const FIGURE = new RegExp(`^\\s*${FIGURES}(?![\\p{L}])`, "u");
const UNTIL = wordsOf(["until"]);
const COMMAND = wordsOf(COMMANDS);
const ONSET = wordsOf(ONSETS);
/** German "if" begins its clause; in English somebody falls. */
const FALLS = /(?:^|[,:])\s*(?:(?:und|oder|aber|denn)\s+)?falls\s+/gu;
const GERMAN_SUBJECT = wordsOf(GERMAN_SUBJECTS, { before: "^\\s*" });
const GERMAN_STATE = new RegExp(GERMAN_STATES, "u");
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
  if ((noun ? PURPOSE : FIGURE).test(after)) return true;
  if (/^stop\s/.test(found) && MODAL.test(before) && !/\b(?:can|to)\s+$/.test(before)) return true;
  if (BECOMES.test(before) || ADVICE.test(before)) return true;
  for (const { index, 0: words } of before.matchAll(CLAUSE)) {
    const between = before.slice(index + words.length);
    if (words === "if" && WHETHER.test(before.slice(0, index))) continue;
    if (INSTRUCTION.test(before.slice(0, index)) || isNear(between)) return true;
  }
  if (isAwaited(place) || isGermanIf(place)) return true;
  for (const { index, 0: words } of before.matchAll(NOUN)) {
    const between = before.slice(index + words.length);
    if (/\b(?:can|could)\s+not\s+$|\bunable\s+to\s+$/.test(before.slice(0, index))) continue;
    if (
      (noun || /ing\b/.test(found)) &&
      reaches(between, after, { noun, listed: true, and: true, whole: true })
    )
      return true;
  }
  return false;
}

const isNear = (between: string) => !/[,:]/.test(between) && tokensOf(between).length <= LONGEST;

/** "do not call until unresponsive"; "well until he stopped breathing" tells how it began. */
function isAwaited({ before, found }: Place): boolean {
  const until = lastOf(UNTIL, before);
  if (until === undefined) return false;
  const between = before.slice((until.index ?? 0) + until[0].length);
  if (!isNear(between) || `${between}${found}`.search(ONSET) >= 0) return false;
  return before.slice(0, until.index).search(COMMAND) >= 0;
}

/** "falls bewusstlos", "falls er nicht atmet"; not "falls unconscious". */
function isGermanIf({ before, found }: Place): boolean {
  const falls = lastOf(FALLS, before);
  if (falls === undefined) return false;
  const between = before.slice((falls.index ?? 0) + falls[0].length);
  return isNear(between) && (between.search(GERMAN_SUBJECT) >= 0 || GERMAN_STATE.test(found));
}
