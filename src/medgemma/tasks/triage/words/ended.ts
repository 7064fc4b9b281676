import { lastOf, wordsOf } from "./compile.js";
import { AGENT_VERBS, EITHER, OTHERS, PATIENTS } from "./people.js";
import { type Place, tokensOf } from "./place.js";
import { ENDED, NEGATORS, RECENT_TIMES, STILL, TRANSPARENT } from "./vocabulary.js";

const RECENT = wordsOf(RECENT_TIMES);
const OVER = wordsOf(ENDED);
const NEGATOR = wordsOf(NEGATORS);
const SOMEBODY_ELSE = wordsOf([...OTHERS, ...EITHER]);
/** "wife says", whose words are about the patient. */
const SPEAKER = wordsOf(OTHERS, { after: `\\s+${AGENT_VERBS}(?![\\p{L}])` });
const PATIENT = wordsOf(PATIENTS);
const WAS =
  /(?<![\p{L}])(?:was|were|had|became|went|turned|stopped|lost|fainted|collapsed|brief|briefly|short|transient|episodes?|loc|war|hatte)(?![\p{L}])/u;
/** Ends what was said before the recovery; what follows has a subject of its own, or none. */
const JOINT = /[.,:;!?\n]|(?<![\p{L}])(?:and|but|then|und|aber|y|pero|et|mais)(?![\p{L}])/gu;
/** At the same time: "was not breathing when she woke up". */
const MEANWHILE = wordsOf([
  "when",
  "as",
  "while",
  "after",
  "als",
  "wahrend",
  "nachdem",
  "cuando",
  "quand",
  "lorsque",
]);
/** Say nothing about who or what is well. */
const ADVERBS = new Set(
  "now then since later soon after afterwards until before again quickly fully currently completely spontaneously slowly gradually by on here arrival scene ems found feels says reports alert awake oriented minutes minute seconds hours jetzt dann ahora maintenant".split(
    " ",
  ),
);

/** It was, today or yesterday, and is over. */
export function hasEnded({ before, found, after, rest, sentence }: Place): boolean {
  const piece = `${before.split(",").at(-1)} ${after.split(",")[0]}`;
  if (STILL.test(sentence)) return false;
  const was = WAS.test(before.split(",").at(-1) ?? "") || WAS.test(found);
  return (
    (was && (isOver(rest, before) || piece.search(RECENT) >= 0)) ||
    /^\s*(?:,\s*)?(?:has |have |since |now |self )*resolved/.test(after)
  );
}

const isOver = (rest: string, before: string) =>
  [...rest.matchAll(OVER)].some(({ index }) => isOfSame(rest.slice(0, index), before));

/** Whether who is well now is the one who was not: no other person or thing is named in between, and no denial. */
function isOfSame(ahead: string, before: string): boolean {
  const joint = lastOf(JOINT, ahead);
  const said = ahead.slice((joint?.index ?? -1) + (joint?.[0].length ?? 1));
  const speaker = lastOf(SPEAKER, said);
  const subject = said.slice(speaker === undefined ? 0 : (speaker.index ?? 0) + speaker[0].length);
  if (subject.search(NEGATOR) >= 0 || subject.search(SOMEBODY_ELSE) >= 0) return false;
  const meanwhile = lastOf(MEANWHILE, subject);
  if (meanwhile !== undefined && !isNewSubject(subject.slice((meanwhile.index ?? 0) + meanwhile[0].length)))
    return false;
  const [who] = lastOf(PATIENT, subject) ?? [];
  if (who !== undefined && isAnother(who, before)) return false;
  return joint === undefined || !isNewSubject(subject);
}

/** "He was ... she is": two people. */
function isAnother(who: string, before: string): boolean {
  const [told] = lastOf(PATIENT, before) ?? [];
  const pronouns = [
    ["he", "she"],
    ["er", "sie"],
    ["el", "ella"],
    ["il", "elle"],
  ];
  return pronouns.some((pair) => who !== told && pair.includes(who) && pair.includes(told ?? ""));
}

/** "Pupils are normal" */
const isNewSubject = (subject: string) =>
  tokensOf(subject.replace(PATIENT, " ")).some(
    (it) => !TRANSPARENT.has(it) && !ADVERBS.has(it) && !/^\d+$/.test(it),
  );
