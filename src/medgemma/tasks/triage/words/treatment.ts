import { wordsOf } from "./compile.js";
import { AGENT_VERBS, OTHERS, PATIENTS } from "./people.js";
import { type Place, tokensOf } from "./place.js";
import { TRANSPARENT } from "./vocabulary.js";

/** What life is saved with: no answer to it is as grave as no answer at all. */
const RESCUE = wordsOf([
  "naloxon[ae]?",
  "narcan",
  "glucose",
  "dextrose",
  "glucagon",
  "adrenalin[ae]?",
  "epinephrine",
  "atropine",
  "flumazenil",
  "oxygen",
  "fluids?",
  "boluse?s?",
  "(?:di|lor)azepam",
  "midazolam",
  "sternal rub",
]);
/** What a person is roused with. */
const STIMULI = wordsOf([
  "voices?",
  "verbal\\w*",
  "pain(?!killers?)",
  "painful\\w*",
  "stimul\\w*",
  "estimul\\w*",
  "touch",
  "commands?",
  "name",
  "questions?",
  "sounds?",
  "light",
  "shak\\w*",
  "anything",
  "nothing",
  "us",
  "me",
  "him",
  "her",
  "them",
  "bystanders?",
  "crew",
  "paramedics?",
  "people",
  "family",
  "wife",
  "husband",
  "carers?",
  "caregivers?",
  "nurses?",
  "doctors?",
  "environment",
  "surroundings",
  "calling",
  "shout\\w*",
  "speech",
  "noise",
  "talk\\w*",
  "parents?",
  "mother",
  "father",
  "ems",
  "staff",
  "ansprache",
  "schmerz\\w*",
  "reize?",
  "dolor",
  "voz",
  "douleur",
  "voix",
  "appel\\w*",
]);
/** Treatments and messages that do not tell how awake somebody is. */
const OTHER = wordsOf([
  "antibiotics?",
  "antibiotika",
  "antibiotiques?",
  "antibioticos?",
  "tratamientos?",
  "traitements?",
  "painkillers?",
  "analgesi\\w*",
  "analgetika",
  "steroids?",
  "creams?",
  "ointments?",
  "lotions?",
  "physio\\w*",
  "chemo\\w*",
  "radio ?therapy",
  "diet",
  "exercise",
  "counsell?ing",
  "inhalers?",
  "antihistamines?",
  "antacids?",
  "laxatives?",
  "diuretics?",
  "insulin",
  "paracetamol",
  "acetaminophen",
  "tylenol",
  "ibuprofen",
  "aspirin",
  "metformin",
  "prednis\\w*",
  "(?:three|two|several|\\d+) (?:drugs|agents|medicines|medications)",
  "\\w+(?:cillin|mycin|cycline|floxacin|azole|profen|olol|pril|sartan|statin|mab|tidine|prazole|aline|etine|oxetine|triptan|codone|adol|oxacin|vir)",
  "text(?: messages?|s)?",
  "messages?",
  "e ?mails?",
  "phone calls?",
  "letters?",
  "calls?",
]);
const PATIENT = wordsOf([...PATIENTS, ...OTHERS, AGENT_VERBS, "remains?", "still"]);
const TO = /^\s+(?:well\s+|at\s+all\s+)?(?:to|on|auf|a|al|au|aux)\s+/;
const BY_TREATMENT = /^\s+(?:well\s+|at\s+all\s+)?(?:to|auf|al|aux?)\s/;

/** "cough unresponsive to antibiotics": an illness that a treatment does not help, and nobody who does not wake. */
export function isUntreated({ before, after, found }: Place): boolean {
  const to = TO.test(after) ? after : /\bto$/.test(found) ? ` to${after}` : undefined;
  if (to === undefined) return false;
  const object = tokensOf(to.replace(TO, "").split(",")[0] ?? "")
    .slice(0, 6)
    .join(" ");
  if (object.search(RESCUE) >= 0 || object.search(STIMULI) >= 0) return false;
  if (object.search(OTHER) >= 0) return true;
  // "On arrival", "a las 2010": where and when.
  if (!BY_TREATMENT.test(to)) return false;
  const subject = tokensOf(before.split(",").at(-1) ?? "").filter((it) => !TRANSPARENT.has(it));
  // "UTI not responding to ...": a short subject that is no person.
  return subject.length > 0 && subject.length <= 3 && before.search(PATIENT) < 0;
}
