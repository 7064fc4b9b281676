import { wordsOf } from "./compile.js";
import { AGENT_VERBS } from "./people.js";
import type { Place } from "./place.js";

const AGENT = wordsOf([AGENT_VERBS]);
/** It is said or found of them: "was found". "Was saying" is what they say of the patient. */
const PASSIVE =
  /^\s+(?:(?:has|have|had|just)\s+)?(?:was|is|were|are|been|being|got|wurde)\s+(?:\p{L}+ly\s+|just\s+)?(?:said|stated|reported|found|noticed|noted|seen|called|thought|believed|told|witnessed|heard|started|given|performed|brought|described)(?![\p{L}])/u;
/** Directly before a measure. */
const RECEIVED =
  /(?<![\p{L}])(?:receiv\w+|gets?|got|getting|had|has had|need(?:s|ed|ing)?|required|requiring|underwent|undergoing|given|under|being|been|was|were|is|after|despite|bekam|erhielt|wurde|wird|hatte|musste|brauchte|recibi\w+|tuvo|fue|necesito|recu|eu|ete|etait|subi)\s+(?:(?:to|be|an?|une?|un|the|some|successful|successfully|immediate|prolonged|brief|full|emergency|minutes|of|\d+)\s+)*$/u;
/** With whom it could not be done. */
const WITH_PATIENT = wordsOf(
  [
    "him|them|patient|paciente|patientin",
    "(?:the|this|das|le|la|el|l) (?:child|baby|infant|boy|girl|man|woman|victim|kind|enfant|bebe|nino|nina)",
    "her(?! \\p{L})",
    "up (?:him|her|patient)",
  ],
  { before: "^\\s+(?:the\\s+|den\\s+|die\\s+|al\\s+|a\\s+la\\s+)?" },
);
/** Nobody is so themselves: "wife could not feel a pulse", "unable to rouse". */
const TRIED =
  /^(?:unable|not able|can not|could not|did not|impossible)\s+(?:to\s+)?(?:feel|find|get|got|palpate|detect|rouse|arouse|waken)(?![\p{L}])/u;
const OWNED = /^\s+'s\s*$/;

/** A measure was done to whoever stands before it: "father received CPR", "wife's CPR". */
export const isReceived = (between: string) => RECEIVED.test(between) || OWNED.test(between);

/**
 * Whether somebody does or says something about the patient, and is not spoken of.
 *
 * @param between From the person to the words.
 */
export function isDoer({ after, found }: Place, between: string, measure: boolean): boolean {
  if (after.search(WITH_PATIENT) >= 0 || TRIED.test(found)) return true;
  if (measure && isReceived(between)) return false;
  return between.search(AGENT) >= 0 && !PASSIVE.test(between);
}
