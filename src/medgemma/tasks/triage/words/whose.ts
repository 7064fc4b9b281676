import { wordsOf } from "./compile.js";
import { isDoer, isReceived } from "./doer.js";
import { isAtAge, isInOtherBed, isNamedAfter, OWN } from "./kin.js";
import {
  AGENT_VERBS,
  ANIMALS,
  COMPLAINTS,
  DEATH,
  EITHER,
  MEN,
  MOURNING,
  NEIGHBOURS,
  OTHERS,
  PATIENTS,
  WOMEN,
} from "./people.js";
import type { Place } from "./place.js";

const PERSON = wordsOf([...OTHERS, ...EITHER, ...ANIMALS, ...PATIENTS]);
const OTHER = wordsOf(OTHERS);
const ANIMAL = wordsOf(ANIMALS);
const EITHER_ONE = wordsOf(EITHER);
const AGENT = wordsOf([AGENT_VERBS]);
const THE_PATIENT = wordsOf(["patient(?:in|e)?", "paciente", "i", "my", "me"]);
/** The one who is here speaks of something else. */
const HAS_OWN =
  /(?<![\p{L}])(?:child|daughter|son|she|he|baby|girl|boy|teen\w*)\s+(?:is\s+|has\s+|feels\s+|now\s+|very\s+)*(?:upset|anxious|depressed|worried|wants|needs|asks|here|stressed|sad|panic\w*|palpitations)(?![\p{L}])/u;
/** "her husband is unconscious, she has chest pain": she is not the one spoken of. */
const OWN_COMPLAINT = `\\s+(?:also |now |auch |aussi |tambien )*(?:has|feels|hat|ist|tiene|esta|a|est)\\s+(?:\\p{L}+\\s+){0,2}${COMPLAINTS}(?![\\p{L}])`;
const SHE_HAS_OWN = new RegExp(`(?<![\\p{L}])(?:she|sie|ella|elle)${OWN_COMPLAINT}`, "u");
const HE_HAS_OWN = new RegExp(`(?<![\\p{L}])(?:he|er|el|il)${OWN_COMPLAINT}`, "u");
const MAN = wordsOf(MEN);
const WOMAN = wordsOf(WOMEN);
const DIED_AFTER = /^\s+(?:gestorben|verstorben)(?![\p{L}])/u;
const AGAINST =
  /(?<![\p{L}])(?:by|with|from|off|onto|over|per|to|for|via|von|durch|por|par)(?:\s+(?:a|an|the|his|her|my|their|patient\s+'s))*\s+$/u;
const WAS =
  /(?<![\p{L}])(?:was|were|had|has had|been|got|suffered|intubated|resuscitated|with|after|war|wurde|hatte|murio|fue|tuvo|estuvo|etait|avait|a\s+(?:fait|eu|ete))(?![\p{L}])/u;
/** "saw a man in ..." */
const SEEN =
  /(?<![\p{L}])(?:saw|seen|seeing|watched|witnessed|helped)\s+(?:an?|another|some)\s+(?:\p{L}+\s+)?(?:man|woman|person|child|boy|girl|guy|pedestrian|cyclist|swimmer|friend|stranger)(?![\p{L}])|(?<![\p{L}])(?:saw|watched|witnessed)\s+(?:some(?:one|body)|people)(?![\p{L}])/u;
/** What an animal is named for, or does to the patient. */
const OF_ANIMALS =
  /^\s+(?:owner|bite|bites|bitten|bit|walker|trainer|sitter|allergy|flu|scan|accident|riding|rider|attack\w*|kick\w*|knock\w*|scratch\w*|(?:found|woke|alerted)\s+(?:him|her|me|them|us|patient))(?![\p{L}])/u;
const OF_ANIMAL = wordsOf(ANIMALS, {
  before: "^\\s+",
  after: "(?!\\s+(?:owner|walker|trainer|bite|sitter))",
});
/** "in her brother", "on a stranger". */
const OF_WHOM = wordsOf(OTHERS, {
  before: `^\\s*(?:in|of|on|to|bei|beim|de|del|du|chez|en)\\s+${OWN}`,
  after: "(?!\\s+'s)",
});
/** "Herzstillstand der Mutter", of a thing only. */
const GENITIVE = wordsOf(OTHERS, { before: "^\\s*(?:der|des|seiner|ihrer|seines|ihres)\\s+" });
const NEIGHBOUR = wordsOf(NEIGHBOURS);

export interface Bearing {
  /** The words name a thing ("cardiac arrest"), and do not say how somebody is. */
  readonly noun?: boolean | undefined;
  /** Somebody does it for another: "CPR". */
  readonly measure?: boolean | undefined;
}

/** Whether somebody else is spoken of. Who is unclear is taken for the patient. */
export function isOthers(place: Place, { noun = false, measure = false }: Bearing): boolean {
  const { before, after, found, text } = place;
  if (after.search(OF_WHOM) >= 0 || isInOtherBed(before, after, AGENT)) return true;
  if (noun && (isNamedAfter(after) || after.search(GENITIVE) >= 0)) return true;
  const piece = before.split(",").at(-1) ?? "";
  if (DEATH.test(piece) || (noun && MOURNING.test(piece)) || SEEN.test(before) || DIED_AFTER.test(after))
    return true;
  if (after.search(OF_ANIMAL) >= 0) return true;
  const people = [...before.matchAll(PERSON)];
  // "found by his wife": not the one spoken of.
  const who = people.filter(({ index }) => !AGAINST.test(before.slice(0, index))).at(-1);
  if (who === undefined) return false;
  const between = before.slice(who.index + who[0].length);
  const whole = (pattern: RegExp) => isWhole(who[0], pattern);
  if (whole(ANIMAL)) return !OF_ANIMALS.test(between);
  const named = isNamedBeside(text, who[0]);
  // "roommate found unconscious": the finder, or the one found.
  if (/^\s+found\s*$/.test(between)) return named && whole(OTHER);
  if (isDoer(place, between, measure)) return false;
  const given = measure && !isReceived(between);
  if (whole(EITHER_ONE)) return named && !given;
  if (!whole(OTHER)) return ofThirdPerson(who, before);
  if (noun && /^\s*[:,]?\s*$/.test(between) && isAtAge(after)) return true;
  const heading = people.findLast(({ 0: it }) => /anamnese|history|antecedent/.test(it));
  if (heading !== undefined && !before.slice(heading.index).includes(",")) return true;
  // "bystander CPR", but of the next bed it is news.
  if (given && !whole(NEIGHBOUR)) return false;
  // "father had a stroke, unresponsive": a statement of its own.
  if (between.includes(",")) return false;
  const tried = /^(?:unable|not able|can not|could not)(?![\p{L}])/u.test(found);
  if (/^\s+'s\s*$/.test(between) || (/famil/.test(who[0]) && !tried) || whole(NEIGHBOUR)) return true;
  if (/(?<![\p{L}])my\s+$/u.test(before.slice(0, who.index)) && !WAS.test(between)) return false;
  return measure || WAS.test(between) || named;
}

const isWhole = (word: string, pattern: RegExp) => word.replace(pattern, "") === "";

let lastText = "";
const beside = new Map<string, boolean>();

/** Whether the patient is named in the text besides this word. Asked once of each word, not of each place it has. */
function isNamedBeside(text: string, word: string): boolean {
  if (text !== lastText) beside.clear();
  lastText = text;
  const known = beside.get(word);
  if (known !== undefined) return known;
  const others = text.replace(word, "");
  const named =
    others.search(THE_PATIENT) >= 0 ||
    HAS_OWN.test(others) ||
    (isWhole(word, MAN) && SHE_HAS_OWN.test(others)) ||
    (isWhole(word, WOMAN) && HE_HAS_OWN.test(others));
  beside.set(word, named);
  return named;
}

/** "her son", "the patient's daughter". */
function ofThirdPerson({ 0: word, index }: RegExpMatchArray, before: string): boolean {
  if (!/^(?:son|daughter|child|baby|kid)$/.test(word)) return false;
  return (
    /(?<![\p{L}])(?:his|her|their|patient\s+'s)\s+$/u.test(before.slice(0, index)) &&
    /(?<![\p{L}])(?:was|had|died)(?![\p{L}])/u.test(before.slice(index))
  );
}
