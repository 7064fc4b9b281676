/**
 * Words in a patient's answer that may mean an emergency now. A short list of this package's, neither published nor
 * complete: an interview is no triage. Its only use is to tell a person at once.
 */
const ALERTS: readonly RegExp[] = [
  /\b(?:crushing|severe|sudden|worst)\s+(?:(?:chest|head|abdominal|belly)\s*)?(?:pain|ache|headache)\b/i,
  /\bchest (?:pain|pressure|tightness)\b/i,
  /\b(?:can(?:no|')?t|cannot|unable to|hard to|trouble|difficulty)\s+breath\w*/i,
  /\bshort(?:ness)? of breath\b/i,
  /\b(?:face|arm|leg|side)\b[^.]{0,20}\b(?:numb|weak|droop\w*|paraly\w*)\b/i,
  /\b(?:passed out|fainted|unconscious|seizure|convuls\w*)\b/i,
  /\b(?:kill myself|suicid\w*|end my life|hurt myself)\b/i,
  /\b(?:vomit\w*|cough\w*|pass\w*)\b[^.]{0,15}\bblood\b/i,
  /\b(?:bleeding (?:that )?(?:won't|will not|does not) stop|heavy bleeding|severe bleeding)\b/i,
  /\b(?:throat|tongue|lips?)\b[^.]{0,20}\bswell\w*|\bswollen (?:tongue|throat|lips?)\b/i,
];
const DENIED =
  /\b(?:no|not|never|without|deny|denies|don't have|do not have|haven't had)\s+(?:\w+\s+){0,3}$/i;

export const ALERT_NOTICE =
  "An answer mentions what may be an emergency. If it is happening now, call the emergency number; do not go on with the interview.";

export function findAlert(answer: string): string | undefined {
  for (const pattern of ALERTS) {
    const found = pattern.exec(answer);
    if (found !== null && !DENIED.test(answer.slice(0, found.index))) return found[0];
  }
  return undefined;
}
