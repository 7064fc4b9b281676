import { allMatches } from "../all-matches.js";
import { fold } from "./fold.js";
import { COLLEAGUE, ROLES, TITLES } from "./honorifics.js";
import { isStreet } from "./learn.js";
import { isWord } from "./lexicon.js";
import { isMeasured } from "./measures.js";
import { type Span, tokensOf } from "./tokens.js";

/** Where a form begins a line or a cell: "Demographics / Name: ...". */
const FORM = String.raw`(?<=^[ \t]{0,40}|[/;:|.,)\]] {1,2}| {2,8}|\t)`;
const COLON = String.raw`\s{0,3}[:：]\s{0,3}`;

/** Of things too: "Name: aspirin" counts only where a form begins. */
const NAME_LABELS =
  "name|nom|nombre|nome|naam|pr[ée]noms?|apellidos?|family name|first name|last name|given name|имя";
/** Of people alone. */
const PERSON_LABELS =
  "patient(?:'s|s)? ?name|patienten?name|name of patient|full name|legal name|surname|maiden name|mother's name|next of kin|nachname|vorname|familienname|geburtsname|" +
  "nom de famille|nom du patient|nombre del paciente|cognome|nome do paciente|achternaam|voornaam|sobrenome|фио|фамилия|الاسم|שם";
const UNSPACED_LABELS = "姓名|氏名|患者名|이름|성명|환자명";
const BIRTH_LABELS =
  "d\\.?o\\.?b\\.?|date of birth|birth ?dat[ea]|birthday|born(?: on)?|geb\\.?|geboren(?: am)?|geburtsdatum|geb\\.-?datum|n[ée]e?(?:\\(e\\))? le|date de naissance|ddn|nacid[oa] el|" +
  "fecha de nacimiento|f\\.? ?nac\\.?|nat[oa] il|data di nascita|geboortedatum|data de nascimento|data urodzenia|дата рождения|生年月日|出生日期|生年|생년월일|تاريخ الميلاد";
const ADDRESS_LABELS =
  "(?:home |street |postal |mailing )?address|anschrift|adresse|wohnort|domicile|direcci[oó]n|domicilio|indirizzo|adres|endere[çc]o|адрес|住所|地址|주소";
const PHONE_LABELS =
  "(?:home |work |cell |mobile )?(?:tele)?phone(?: (?:no\\.?|number))?|tel|telefon(?:nummer)?|mobiltelefon|fax|t[ée]l[ée]phone|t[ée]l|tel[ée]fono|m[óo]vil|cellulare|telefoon|telefone|celular|телефон|电话|手机|電話|전화|연락처";
/** Words of other meanings, unless a colon follows. */
const PHONE_WORDS = "mobile?|cell|handy|portable|celular|contact";
const NUMBER_LABELS =
  "mrn|m\\.r\\.n\\.|nhc|n\\.h\\.c\\.|case (?:no\\.|number)|kassen-?(?:nr\\.?|nummer)|medical record(?: (?:no\\.?|number|#))?|record (?:no\\.?|number)|chart (?:no\\.?|number)|hospital (?:no\\.?|number|id)|patient[- ]?(?:id|no\\.?|number|identifier)|" +
  "pat\\.?-?(?:id|nr\\.?)|patienten-?(?:id|nr\\.?|nummer)|fall-?(?:nr\\.?|nummer)|aufnahme-?(?:nr\\.?|nummer)|versicherten-?(?:nr\\.?|nummer)|krankenkassen?-?(?:nr\\.?|nummer)|kvnr|ahv-?nr\\.?|" +
  "nhs(?: (?:no\\.?|number))?|chi (?:no\\.?|number)|ssn|social security(?: (?:no\\.?|number))?|insurance (?:no\\.?|number|id)|policy (?:no\\.?|number)|member (?:id|no\\.?|number)|" +
  "(?:account|acct)\\.? ?(?:no\\.?|number|#)|accession(?: (?:no\\.?|number))?|passport(?: (?:no\\.?|number))?|num[ée]ro de (?:dossier|s[ée]curit[ée] sociale)|n[°º] ?(?:de )?(?:dossier|historia|hc|s[ée]cu)|" +
  "historia cl[íi]nica(?: n[°º])?|codice fiscale|prontu[áa]rio|pesel|снилс|病历号|住院号|身份证号?|診察券番号|患者番号|患者id|등록번호|차트번호|주민등록번호";

/** Short forms of numbers of persons that have other meanings too: IPP is a medicine, DNI an order. */
const SHORT_LABELS = "ipp|nir|dni|nie|nif|bsn|cpf|nhs|nip|kvnr|ahv|svnr";

const DATE =
  "\\d{1,4}\\s?[-./年]\\s?\\d{1,2}\\s?[-./月]\\s?\\d{1,4}日?|\\d{1,2}(?:th|st|nd|rd|\\.)?\\s(?:de\\s)?\\p{L}{3,12}\\.?,?\\s(?:de\\s)?\\d{2,4}|\\p{L}{3,12}\\.?\\s\\d{1,2}(?:th|st|nd|rd)?,?\\s\\d{4}|\\d{8}";
const NOT_IN_WORD = String.raw`(?<![\p{L}\p{N}])`;

/** A label with its value, of which only the value goes. */
const LABELLED: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(`${NOT_IN_WORD}(?:${BIRTH_LABELS})\\s{0,2}[:|：*]?\\s{0,3}(?<value>${DATE})`, "giu"),
    "[date of birth]",
  ],
  [new RegExp(`${FORM}(?:${ADDRESS_LABELS})(?:${COLON}| \\| )(?<value>[^\\n;|]{1,80})`, "gimu"), "[place]"],
  [
    new RegExp(
      `${NOT_IN_WORD}(?:(?:${PHONE_LABELS})\\.?(?:${COLON}|\\s{1,3}| \\| )|(?:${PHONE_WORDS})(?:${COLON}|\\s{1,2}(?=\\+|0\\d{2,4}[ /-]?\\d{5}))|☎ ?|call(?:ed|s|ing)? (?:(?:her|him|us|me|at|on) )?)(?<value>\\+?[\\d(][\\d ()./\\u00a0-]{4,22}\\d)`,
      "giu",
    ),
    "[telephone]",
  ],
  [
    new RegExp(
      `${NOT_IN_WORD}(?:${NUMBER_LABELS})\\.?[\\s:#|：-]{0,4}(?<value>(?=[\\p{L}.-]{0,6}\\d)[\\p{L}\\d][\\p{L}\\d./-]{1,30})`,
      "giu",
    ),
    "[number]",
  ],
  [
    new RegExp(
      `${NOT_IN_WORD}(?:${SHORT_LABELS})\\.?[\\s:#-]{1,4}(?<value>\\p{L}?(?!\\d{2,4}[-./]\\d{1,2}[-./])\\d(?:[ .-]?[\\dXK]){5,14})`,
      "giu",
    ),
    "[number]",
  ],
];

/** What is an address or a number by its own form. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, "[e-mail]"],
  [/\bhttps?:\/\/\S+/gi, "[address]"],
  [/(?<![\d.-])\+[1-9]\d{0,2}[ ()./-]{0,3}(?:\d[ ()./-]{0,2}){7,12}(?!\d)/g, "[telephone]"],
  [/(?<![\d.])\(\d{3}\) ?\d{3}[ .-]\d{4}(?!\d)/g, "[telephone]"],
  [
    /(?<!\p{L})\p{Lu}[\p{L}-]{2,30}(?:stra(?:ß|ss)e|str\.|gasse|allee)\s?\d{1,4}\s?[a-z]?(?![\p{L}\p{N}])/gu,
    "[place]",
  ],
  [
    /(?<![\p{N}.,-])\d{1,5}\s(?:\p{Lu}[\p{L}'.]{1,20}\s){1,3}(?:Street|Avenue|Ave|Road|Rd|Lane|Boulevard|Blvd|Drive|St\.?(?=[,\n]|$))(?!\p{L})/gu,
    "[place]",
  ],
];
/** Numbers that could be doses: "250-500-1000". */
const DASHED: readonly (readonly [RegExp, string])[] = [
  [/(?<![\d.,/-])[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4}(?![\d.,/-]\d|\d)/g, "[telephone]"],
  [/(?<![\d.,/-])\d{3}-\d{2}-\d{4}(?![\d.,/-]\d|\d)/g, "[number]"],
];

const CAPITALISED = String.raw`\p{Lu}[\p{L}\p{M}'\u2019.-]{0,30}`;
const NAMES = `${CAPITALISED}(?:,? (?:(?:von|van|der|den|de|del|della|la|di|da|dos|bin|al) ){0,3}${CAPITALISED}){0,4}`;
const SALUTATIONS =
  "dear|hi|hello|hallo|liebe[rs]?|sehr geehrte[rs]?|guten tag|ch[eè]re?|bonjour|querid[oa]|estimad[oa]|car[oa]|gentile|egregi[oa]|beste|geachte|prezad[oa]|kära|kære";
const SIGNING =
  "(?:electronically |digitally )?signed(?: off)? by|e-signed by|dictated by|transcribed by|authored by|reported by|reviewed by|verified by|approved by|entered by|seen by|attending(?: physician)?:|" +
  "referring (?:physician|doctor|provider):|provider:|physician:|surgeon:|consultant:|radiologist:|pathologist:|signature:|author:|gez\\.|unterzeichnet(?: von)?|unterschrift:|signé(?: par)?:?|firmado(?: por)?:?|firmato(?: da)?:?|" +
  "arzt:|ärztin:|m[ée]decin:|m[ée]dico:|assinado por:?";
const CLOSING =
  "(?:kind |best |warm )?regards|(?:yours )?(?:sincerely|faithfully|truly)|mit (?:freundlichen|kollegialen|besten|freundlichem) gr(?:ü|ue)(?:ß|ss)e?n?|mfg|cordialement|(?:un )?saludos?|atentamente|cordiali saluti|met vriendelijke groeten?|atenciosamente";

/** Names by the company they keep, known or not. */
const NAMED: readonly { readonly pattern: RegExp; readonly trusted: boolean }[] = [
  {
    pattern: new RegExp(
      `(?:${FORM}(?:${NAME_LABELS})|${NOT_IN_WORD}(?:${PERSON_LABELS})|${UNSPACED_LABELS})${COLON}(?<value>[^\\n;|，。]{1,80})`,
      "gimu",
    ),
    trusted: true,
  },
  {
    pattern: new RegExp(
      `${FORM}(?:patient(?:'s)? name|patientenname|nom du patient|nombre del paciente) \\| (?<value>[^\\n;|]{1,80})`,
      "gimu",
    ),
    trusted: true,
  },
  {
    pattern: new RegExp(`(?<=^\\s{0,8}|: )(?:${SALUTATIONS})\\s(?<value>[^\\n,:!]{2,60})[,:!]`, "gimu"),
    trusted: false,
  },
  {
    pattern: new RegExp(`${NOT_IN_WORD}(?:${SIGNING}):?\\s{1,3}(?=(?<value>[^\\n;|]{2,80}))`, "giud"),
    trusted: false,
  },
  {
    pattern: new RegExp(`${NOT_IN_WORD}(?:${CLOSING})[,.!]?\\s{1,4}(?<value>[^\\n]{2,60})$`, "gimu"),
    trusted: false,
  },
];

/** Identity that no resource announces. */
export function findPatterns(text: string): Span[] {
  const spans: Span[] = [];
  for (const [pattern, word] of LABELLED) {
    for (const found of allMatches(text, pattern)) {
      const value = ownValue(found.groups?.value ?? "", word);
      const start = found.index + found[0].lastIndexOf(value);
      if (value !== "" && !isDose(text, start, value)) spans.push({ start, end: start + value.length, word });
    }
  }
  for (const [pattern, word] of SHAPES) {
    for (const { 0: it, index } of allMatches(text, pattern))
      spans.push({ start: index, end: index + it.length, word });
  }
  for (const [pattern, word] of DASHED) {
    for (const { 0: it, index } of allMatches(text, pattern)) {
      if (!isDose(text, index, it)) spans.push({ start: index, end: index + it.length, word });
    }
  }
  for (const { pattern, trusted } of NAMED) {
    for (const found of allMatches(text, pattern)) {
      const value = found.groups?.value ?? "";
      // One signature may stand in the words after another.
      const start = found.indices?.groups?.value?.[0] ?? found.index + found[0].lastIndexOf(value);
      // What was replaced once is not replaced again, with what follows it.
      if (value.startsWith("[")) continue;
      const length = colleagueLength(value) || nameLength(value, trusted);
      if (length > 0) spans.push({ start, end: start + length, word: "[name]" });
    }
  }
  return spans;
}

/** Of an address the line, without what follows its sentence; of a telephone number at least seven digits. */
function ownValue(value: string, word: string): string {
  if (value.startsWith("[")) return "";
  if (word === "[telephone]") return value.replace(/\D/g, "").length < 7 ? "" : value;
  if (word !== "[place]") return value.trimEnd();
  const end = /(?<=\p{L}{4})\.\s|\s{3}|\s\p{L}{2,20}\s?:/u.exec(value)?.index;
  const line = value.slice(0, end).trimEnd();
  // "Address: pain control" is a task.
  return /\d/.test(line) || isStreet(line) ? line : "";
}

/** A ladder of doses has round steps, or a unit after it. */
function isDose(text: string, at: number, found: string): boolean {
  if (/^\d+(?:[-.]\d+)+$/.test(found) && found.split(/[-.]/).every((it) => Number(it) % 5 === 0)) return true;
  const tokens = tokensOf(text.slice(at, at + found.length + 16));
  const last = tokens.findIndex(({ end }) => end === found.length);
  return last >= 0 && isMeasured(text.slice(at, at + found.length + 16), tokens, last);
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
