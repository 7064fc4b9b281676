import { bracketsOfKin } from "./kin.js";
import { closeLetters, latin, visible, withoutInvisible } from "./letters.js";

/** Words whose misspellings are put right: long enough that one wrong letter makes no other word of the field. */
const REPAIRED = [
  "unconscious",
  "unconsciousness",
  "unresponsive",
  "unresponsiveness",
  "breathing",
  "pulseless",
  "respiratory",
  "resuscitation",
  "comatose",
  "asystole",
  "anaphylactic",
  "bewusstlos",
  "bewusstlosigkeit",
  "herzstillstand",
  "atemstillstand",
  "reanimation",
  "cardiorrespiratoria",
  "inconsciente",
  "inconscient",
];
const SHORTEST = Math.min(...REPAIRED.map((word) => word.length)) - 1;
const KNOWN = new Set(REPAIRED);

/** Written short in notes, and in full for the rules. On text without capitals, accents and dots in abbreviations. */
const IN_FULL: readonly (readonly [RegExp, string])[] = [
  // A minus stands for "no" before what is asked of every fall.
  [/(?<![\p{L}\d])(?:\(-\)|-) ?loc\b/gu, "no loc"],
  [/(?<=[\p{L}\d]) ?\(-\)/gu, " : no ,"],
  [/\bh\/o\b|\bhx of\b/g, "history of"],
  [/\bs\/p\b/g, "status post"],
  [/\br\/o\b/g, "rule out"],
  [/\bw\/o\b/g, "without"],
  [/\bc\/o\b/g, "complains of"],
  [/\by\/o\b/g, "year old"],
  [/\bf\/u\b/g, "follow up"],
  [/\b(?:pmhx?|pmh x|phx|past medical history|medical history)\b/g, "past history"],
  [/\b(?:fhx|fh|fam hx|family hx)\b/g, "family history"],
  [/\bfa(?= ?:)/g, "familienanamnese"],
  [/\bhx\b/g, "history"],
  [/\bunresp\b/g, "unresponsive"],
  [/\bresp\b/g, "respiratory"],
  [/\bresps\b/g, "respirations"],
  [/\bcard?iac[ -]?arr?est(?!ed)/g, "cardiac arrest"],
  [/\bnt (?=breathing|responding)/g, "not "],
  [/\b[io]hca\b/g, "cardiac arrest"],
  [/\bpts?\b/g, "patient"],
  [/\bcannot\b/g, "can not"],
  [/\bwon'?t\b/g, "will not"],
  [/\bcan'?t\b/g, "can not"],
  [/\bain'?t\b/g, "is not"],
  [/\b(is|are|was|were|has|have|had|does|do|did|could|would|should)n'?t\b/g, "$1 not"],
  [/\b(he|she|it|who|there|that|what)'s\b/g, "$1 is"],
  [/\b(they|we|you)'re\b/g, "$1 are"],
  [/\bi'm\b/g, "i am"],
  [/'ve\b/g, " have"],
  [/'ll\b/g, " will"],
  [/'d\b/g, " had"],
  // "dad's not breathing" says how he is, "dad's pulse" whose it is.
  [/(\p{L})'s (?=(?:not|no longer|still|stopped|un ?conscious|un ?responsive)\b)/gu, "$1 is "],
  [/(\p{L})'s\b/gu, "$1 's"],
];

/**
 * One form for all that is written differently and means the same: what a page's source writes of it, letters spaced apart
 * or of another script, Unicode's compatibility forms, capitals, accents, hyphens, apostrophes, contractions, usual abbreviations, near misses of long words. A line's end is kept (`\n`) where it
 * seems to end a sentence, and is a space where the next line goes on with it.
 */
export function normalise(text: string): string {
  const signs = visible(text)
    // Before the compatibility forms, which take an accent that stands alone for a space and an accent.
    .replace(/[\u2018-\u201b\u02b9-\u02bd\u00b4\u0060\u2032]/g, "'")
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212]/g, "-");
  const lines = closeLetters(withoutInvisible(signs))
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, "\n")
    .replace(/(?<![ \t])[ \t]*\n[ \t]*/g, "\n")
    // A lower-case letter goes on with the line before; anything else begins a new one.
    .replace(/(\P{P}|[,'-])\n(?=\p{Ll})/gu, "$1 ");
  const plain = latin(lines.toLowerCase())
    .replace(/ß/g, "ss")
    .replace(/æ/g, "ae")
    .replace(/œ/g, "oe")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    // c.p.r., z.n.
    .replace(/\b(?:\p{L}\.){2,}/gu, (letters) => letters.replaceAll(".", ""))
    .replace(/\b(pt|hx|dr|mr|mrs|approx|resp|unresp|min|mins|yrs?|hrs?|pat|ca|bzw)\./g, "$1")
    .replace(/(\d)[.,](\d)/g, "$1_$2");
  const full = IN_FULL.reduce((all, [pattern, words]) => all.replace(pattern, words), plain);
  return (
    bracketsOfKin(full)
      .replace(/ '(?!s\b)|'(?!s\b)|["\u201c\u201d\u201e\u00ab\u00bb*#]|(?<!\d)_|_(?!\d)/g, " ")
      .replace(/[()[\]{}|]/g, " , ")
      // "78-82" is a range, "cardiac-arrest" is one thing.
      .replace(/(\d)-(?=\d)/g, "$1 - ")
      .replace(/(?<! )-|-(?! )|&/g, (sign) => (sign === "&" ? " and " : " "))
      .replace(/\//g, " / ")
      .replace(/(^|[\s,])\?+(?=\p{L})/gu, "$1")
      .replace(/([.,;:!?])/g, " $1 ")
      .replace(/[^\S\n]+/g, " ")
      .replace(/ ?\n ?/g, "\n")
      .replace(/\p{L}+/gu, (word) => repair(word))
      .trim()
  );
}

/** The word meant, where it is one letter wrong, missing, too many, or two are exchanged. */
function repair(word: string): string {
  if (word.length < SHORTEST || KNOWN.has(word)) return word;
  return REPAIRED.find((known) => oneOff(word, known)) ?? word;
}

function oneOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b || a[0] !== b[0]) return false;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - from && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [x, y] = [a.slice(from, a.length - end), b.slice(from, b.length - end)];
  if (x.length <= 1 && y.length <= 1) return true;
  return x.length === 2 && y === `${x[1]}${x[0]}`;
}
