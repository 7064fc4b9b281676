import { allMatches } from "../elements/all-matches.js";
import { withFirstLetters } from "../elements/first-letters.js";
import { fold } from "./fold.js";
import { type Around, type Group, groupAt } from "./groups.js";
import { COLLEAGUE, ROLES, TITLES } from "./honorifics.js";
import {
  CLOSING,
  COLON,
  FORM,
  NAME_LABELS,
  NOT_IN_WORD,
  PERSON_LABELS,
  ROLE_LABELS,
  SALUTATIONS,
  SIGNING,
  SUBJECT_LABELS,
  UNSPACED_LABELS,
} from "./labels.js";
import { isWord } from "./lexicon.js";
import { isMedical } from "./morphology.js";

const CAPITALISED = String.raw`\p{Lu}[\p{L}\p{M}'\u2019.-]{0,30}`;
const NAMES = `${CAPITALISED}(?:,? (?:(?:von|van|der|den|de|del|della|la|di|da|dos|bin|al) ){0,3}${CAPITALISED}){0,4}`;

/** How far a label says that what follows is a name. */
type Trust =
  /** Whatever fills it is one. */
  | "whole"
  /** Of things too: those around it tell. */
  | "grouped"
  /** Of people, of whom more is said than their names. */
  | "role"
  /** Of people and things: only a name of several words. */
  | "subject"
  /** Only what is no word. */
  | "words";

/** Names by the company they keep, known or not. */
const NAMED: readonly { readonly pattern: RegExp; readonly trust: Trust }[] = [
  {
    pattern: new RegExp(
      `${withFirstLetters(`${PERSON_LABELS}|${UNSPACED_LABELS}`)}(?:${NOT_IN_WORD}(?:${PERSON_LABELS})|${UNSPACED_LABELS})${COLON}(?<value>[^\\n;|，。]{1,80})`,
      "gimu",
    ),
    trust: "whole",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(NAME_LABELS)}${FORM}(?:${NAME_LABELS})${COLON}(?<value>[^\\n;|，。]{1,80})`,
      "gimu",
    ),
    trust: "grouped",
  },
  {
    pattern: new RegExp(
      `(?=[pn])${FORM}(?:patient(?:'s)? name|patientenname|nom du patient|nombre del paciente) \\| (?<value>[^\\n;|]{1,80})`,
      "gimu",
    ),
    trust: "whole",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(ROLE_LABELS)}${FORM}(?:${ROLE_LABELS})${COLON}(?<value>[^\\n;|]{2,80})`,
      "gimu",
    ),
    trust: "role",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(SUBJECT_LABELS)}${FORM}(?:${SUBJECT_LABELS})${COLON}(?<value>[^\\n;|]{2,80})`,
      "gimu",
    ),
    trust: "subject",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(SALUTATIONS)}(?<=^\\s{0,8}|: )(?:${SALUTATIONS})\\s(?<value>[^\\n,:!]{2,60})[,:!]`,
      "gimu",
    ),
    trust: "words",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(SIGNING)}${NOT_IN_WORD}(?:${SIGNING}):?\\s{1,3}(?=(?<value>[^\\n;|]{2,80}))`,
      "giud",
    ),
    trust: "words",
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(CLOSING)}${NOT_IN_WORD}(?:${CLOSING})[,.!]?\\s{1,4}(?<value>[^\\n]{2,60})$`,
      "gimu",
    ),
    trust: "words",
  },
];

/** Names that their labels, a salutation or a signature announce. */
export function findNamed(text: string, around: Around | undefined): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (const { pattern, trust } of NAMED) {
    for (const found of allMatches(text, pattern)) {
      const whole = found.groups?.value ?? "";
      // One signature may stand in the words after another.
      const at = found.indices?.groups?.value?.[0] ?? found.index + found[0].lastIndexOf(whole);
      // "Emergency contact: wife, Ada Roe".
      const skipped = trust === "role" ? (KIN.exec(whole)?.[0].length ?? 0) : 0;
      const value = whole.slice(skipped);
      const start = at + skipped;
      // What was replaced once is not replaced again, with what follows it.
      if (value.startsWith("[")) continue;
      const group = trust === "grouped" ? groupAt(text, found.index, start, around) : undefined;
      const length = colleagueLength(value) || lengthOf(value, trust, group);
      if (length > 0) spans.push({ start, end: start + length });
    }
  }
  return spans;
}

const KIN =
  /^\(?(?:wife|husband|spouse|partner|mother|father|son|daughter|sister|brother|friend|neighbou?r|Ehefrau|Ehemann|Mutter|Vater|Sohn|Tochter|Schwester|Bruder)\)?[\s,:–-]{1,3}/i;

function lengthOf(value: string, trust: Trust, group: Group | undefined): number {
  switch (trust) {
    case "whole":
      return nameLength(value, true);
    case "words":
      return nameLength(value, false);
    case "role":
      return roleLength(value, false);
    case "subject":
      return roleLength(value, true);
    case "grouped":
      if (group === "person") return nameLength(value, true);
      return group === "thing" || isClinical(value) ? 0 : nameLength(value, true);
  }
}

/** Words of notes, of which one is of medicine, or all mean something. */
function isClinical(value: string): boolean {
  const line = value.slice(0, /\s\p{L}{2,20}\s?:|[,.]\s/u.exec(value)?.index);
  const keys = keysOf(line).filter((it) => it.length > 1);
  return keys.some(isMedical) || (keys.length > 0 && keys.every(isWord));
}

/** How somebody is, and no first name: "resting", "intubated". */
const STATE = /^\p{L}{3,}(?:ing|ated|ised|ized|used|ssed|ived|ably|ibly|antly|ently|ally)$/u;

/** After "Patient:" stands a name or what ails them: a name is of several words, or all there is. */
function roleLength(value: string, several: boolean): number {
  const end =
    /,?\s(?:dob|d\.o\.b|mrn|geb|geboren|born|age|aged|sex|tel|phone|nhs|ssn|id|mobile)(?![\p{L}\p{N}])/iu.exec(
      value,
    );
  const line = value.slice(0, end?.index);
  const length = nameLength(line, false);
  const keys = keysOf(line.slice(0, length)).filter((it) => it.length > 1 && !TITLES.has(it));
  const [first] = keys;
  if (keys.some(isMedical) || (first !== undefined && STATE.test(first))) return 0;
  if (keys.length > 1 || first === undefined) return length;
  const alone = !several && line.slice(length).trim() === "" && first.length > 3;
  return alone && !/(?:ing|ed|ly|ous|ive|able|ible|ic|al|end|lich|ig|isch)$/.test(first) ? length : 0;
}

function keysOf(text: string): string[] {
  return (text.match(/[\p{L}\p{M}'\u2019]+/gu) ?? []).map(fold);
}

const BEGINS = new RegExp(`^${NAMES}`, "u");

/** A colleague's title, and the name after it that is all that is left: whoever is spoken to so is called so. */
function colleagueLength(value: string): number {
  const title = COLLEAGUE.exec(value)?.[0] ?? "";
  const name = value.slice(title.length).trimEnd();
  return title !== "" && BEGINS.exec(name)?.[0] === name && !ROLES.has(fold(name))
    ? title.length + name.length
    : 0;
}

/** How much of a value is a name: words with capitals, and after a name's own label whatever else fills it. */
function nameLength(value: string, trusted: boolean): number {
  const found = BEGINS.exec(value)?.[0];
  if (found === undefined) {
    const words = value.match(/[\p{L}\p{M}'\u2019-]+/gu) ?? [];
    const whole = trusted && words.length > 0 && words.length <= 4 && !/\d/.test(value);
    return whole ? value.trimEnd().length : 0;
  }
  const rest = value.slice(found.length);
  if (/^\s{0,2}\d/.test(rest) && /^\s{0,2}[\d.,]+\s?(?:mg|g|ml|µg|mcg|iu|ie|%)/i.test(rest)) return 0;
  // The end of a sentence is no part of a name, but of an initial.
  const sentence = /\p{L}{3,}\. /u.exec(found);
  const whole = sentence === null ? found : found.slice(0, sentence.index + sentence[0].length - 2);
  const own = trusted ? whole : beforeOtherWords(whole, value);
  const words = own.split(/[\s,]+/).map((it) => fold(it.replace(/[.]/g, "")));
  if (words.some((it) => ROLES.has(it)) && words.length === 1) return 0;
  if (!trusted && words.every((it) => isWord(it) || ROLES.has(it))) return 0;
  return own.replace(/[.\s]+$/, "").length;
}

/** Lines run together: "seen by Dr Foxglove Severe asthma". A word of notes is a surname at the end of what is said only. */
function beforeOtherWords(found: string, value: string): string {
  let named = false;
  for (const { 0: it, index } of found.matchAll(/[^\s,]+/g)) {
    const key = fold(it.replace(/[.]/g, ""));
    const other = !ROLES.has(key) && !TITLES.has(key) && key.length > 2;
    if (named && other && isWord(key) && !/^[.)]?\s{0,3}(?:$|[,;:.)\n])/.test(value.slice(index + it.length)))
      return found.slice(0, index);
    named ||= other && !isWord(key);
  }
  return found;
}
