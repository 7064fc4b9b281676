import { allMatches } from "../elements/all-matches.js";
import { withFirstLetters } from "../elements/first-letters.js";
import type { Around } from "./groups.js";
import {
  ADDRESS_LABELS,
  BIRTH_LABELS,
  COLON,
  DATE,
  FORM,
  NOT_IN_WORD,
  NUMBER_LABELS,
  PHONE_LABELS,
  PHONE_WORDS,
  SHORT_LABELS,
  WHOSE,
} from "./labels.js";
import { hasStreetWord, isStreet } from "./learn.js";
import { isMeasured } from "./measures.js";
import { findNamed } from "./named.js";
import { type Span, tokensOf } from "./tokens.js";

interface Labelled {
  readonly pattern: RegExp;
  /** What stands in its place. */
  readonly word: string;
  /** The label is of nothing but this, also before a value that is no words: "Date of birth", "MRN". */
  readonly sure: boolean;
}

const PHONE = "\\+?[\\d(][\\d ()./\\u00a0-]{4,22}\\d";

/** A label with its value, of which only the value goes. */
const LABELLED: readonly Labelled[] = [
  {
    pattern: new RegExp(
      `${withFirstLetters(BIRTH_LABELS)}${NOT_IN_WORD}(?:${BIRTH_LABELS})\\s{0,2}[:|：*=\\u2010-\\u2015-]?\\s{0,3}(?<value>${DATE})`,
      "giu",
    ),
    word: "[date of birth]",
    sure: true,
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(ADDRESS_LABELS)}${FORM}(?:${ADDRESS_LABELS})(?:${COLON}| \\| )(?<value>[^\\n;|]{1,80})`,
      "gimu",
    ),
    word: "[place]",
    sure: false,
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(`${PHONE_LABELS}|☎`)}(?:${NOT_IN_WORD}(?:${PHONE_LABELS})\\.?(?:${COLON}|\\s{1,3}| \\| )|☎ ?)(?<value>${PHONE})`,
      "giu",
    ),
    word: "[telephone]",
    sure: true,
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(`${PHONE_WORDS}|${WHOSE}|call`)}(?:(?:${FORM}|${NOT_IN_WORD}(?:${WHOSE}))(?:${PHONE_WORDS})${COLON}|${NOT_IN_WORD}(?:${PHONE_WORDS})\\s{1,2}(?=\\+|0\\d{2,4}[ /-]?\\d{5})|${NOT_IN_WORD}call(?:ed|s|ing)? (?:(?:her|him|us|me|at|on) )?)(?<value>${PHONE})`,
      "gimu",
    ),
    word: "[telephone]",
    sure: false,
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(NUMBER_LABELS)}${NOT_IN_WORD}(?:${NUMBER_LABELS})\\.?[\\s:#|：-]{0,4}(?<value>(?=[\\p{L}.-]{0,6}\\d)[\\p{L}\\d][\\p{L}\\d./-]{1,30})`,
      "giu",
    ),
    word: "[number]",
    sure: true,
  },
  {
    pattern: new RegExp(
      `${withFirstLetters(SHORT_LABELS)}${NOT_IN_WORD}(?:${SHORT_LABELS})\\.?[\\s:#-]{1,4}(?<value>\\p{L}?(?!\\d{2,4}[-./]\\d{1,2}[-./])\\d(?:[ .-]?[\\dXK]){5,14})`,
      "giu",
    ),
    word: "[number]",
    sure: true,
  },
];

/** What is an address or a number by its own form, and what a text has where it may have one. */
const SHAPES: readonly (readonly [pattern: RegExp, word: string, needs: RegExp])[] = [
  [/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, "[e-mail]", /@/],
  [/\bhttps?:\/\/\S+/gi, "[address]", /:\/\//],
  [/(?<![\d.-])\+[1-9]\d{0,2}[ ()./-]{0,3}(?:\d[ ()./-]{0,2}){7,12}(?!\d)/g, "[telephone]", /\+[1-9]/],
  [/(?<![\d.])\(\d{3}\) ?\d{3}[ .-]\d{4}(?!\d)/g, "[telephone]", /\(\d/],
  [
    /(?<!\p{L})\p{Lu}[\p{L}-]{2,30}(?:stra(?:ß|ss)e|str\.|gasse|allee)\s?\d{1,4}\s?[a-z]?(?![\p{L}\p{N}])/gu,
    "[place]",
    /(?:e|str\.)\s?\d/,
  ],
  [
    /(?<![\p{N}.,-])\d{1,5}\s(?:\p{Lu}[\p{L}'.]{1,20}\s){1,3}(?:Street|Avenue|Ave|Road|Rd|Lane|Boulevard|Blvd|Drive|St\.?(?=[,\n]|$))(?!\p{L})/gu,
    "[place]",
    /Street|Ave|Road|Rd|Lane|Boulevard|Blvd|Drive|St/,
  ],
];
/** Numbers that could be doses: "250-500-1000". */
const DASHED: readonly (readonly [RegExp, string])[] = [
  [/(?<![\d.,/-])[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4}(?![\d.,/-]\d|\d)/g, "[telephone]"],
  [/(?<![\d.,/-])\d{3}-\d{2}-\d{4}(?![\d.,/-]\d|\d)/g, "[number]"],
];

/**
 * Identity that no resource announces.
 * @param isValue Whether a part of the text is a code, a quantity or a date of the record and not words.
 */
export function findPatterns(
  text: string,
  isValue: (start: number, end: number) => boolean = () => false,
  around?: Around,
): Span[] {
  const spans: Span[] = [];
  const put = (start: number, end: number, word: string, sure: boolean) => {
    if (sure || !isValue(start, end)) spans.push({ start, end, word });
  };
  const hasDigits = /\d/.test(text);
  for (const { pattern, word, sure } of LABELLED) {
    if (!hasDigits && word !== "[place]") continue;
    for (const found of allMatches(text, pattern)) {
      const value = ownValue(found.groups?.value ?? "", word);
      const start = found.index + found[0].lastIndexOf(value);
      if (value !== "" && !isDose(text, start, value)) put(start, start + value.length, word, sure);
    }
  }
  for (const [pattern, word, needs] of SHAPES) {
    if (!needs.test(text)) continue;
    for (const { 0: it, index } of allMatches(text, pattern)) put(index, index + it.length, word, false);
  }
  for (const [pattern, word] of /\d{2}[-.]\d/.test(text) ? DASHED : []) {
    for (const { 0: it, index } of allMatches(text, pattern)) {
      if (!isDose(text, index, it)) put(index, index + it.length, word, false);
    }
  }
  for (const { start, end } of findNamed(text, around)) put(start, end, "[name]", false);
  return spans;
}

/** Of an address the line, without what follows its sentence; of a telephone number at least seven digits. */
function ownValue(value: string, word: string): string {
  if (value.startsWith("[")) return "";
  if (word === "[telephone]") return isPhone(value) ? value : "";
  if (word !== "[place]") return value.trimEnd();
  const end = /(?<=\p{L}{4})\.\s|\s{3}|\s\p{L}{2,20}\s?:/u.exec(value)?.index;
  const line = value.slice(0, end).trimEnd();
  // "Address: pain control" and "Address: BP 150/90" are tasks.
  if (MEASURED.test(line) && !hasStreetWord(line)) return "";
  return /\d/.test(line) || isStreet(line) ? line : "";
}

/** An amount or a blood pressure. */
const MEASURED =
  /\d\s?(?:mg|mcg|µg|ug|g|ml|mmol|mmhg|iu|ie|units?|%|bpm|kg|cm|°)(?![\p{L}\p{N}])|(?<![\d/])\d{2,3}\/\d{2,3}(?![\d/])/iu;

/** A day, also one whose parts may be taken for those of a number: "06.12.34.56.78" holds none. */
const DAY =
  /(?<![\d./-])(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))(?![./-]?\d)|^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/;

/** At least seven digits; no day, and no round number: a count of cells. */
function isPhone(value: string): boolean {
  return value.replace(/\D/g, "").length >= 7 && !DAY.test(value.trim()) && !/^\d+000$/.test(value);
}

/** A ladder of doses has round steps, or a unit after it. */
function isDose(text: string, at: number, found: string): boolean {
  if (/^\d+(?:[-.]\d+)+$/.test(found) && found.split(/[-.]/).every((it) => Number(it) % 5 === 0)) return true;
  const tokens = tokensOf(text.slice(at, at + found.length + 16));
  const last = tokens.findIndex(({ end }) => end === found.length);
  return last >= 0 && isMeasured(text.slice(at, at + found.length + 16), tokens, last);
}
