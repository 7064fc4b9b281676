import { table } from "../../base/table.js";

/** Letters that Unicode does not take apart, as names are written without them. */
const PLAIN: Readonly<Record<string, string>> = table({
  ...{ ß: "ss", ẞ: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ħ: "h", ı: "i", ĸ: "k" },
  ...{ ŋ: "ng", ŧ: "t", ς: "σ", ё: "е", ў: "у", ґ: "г", ـ: "", أ: "ا", إ: "ا", آ: "ا", ى: "ي", ة: "ه" },
});
const SPECIAL = new RegExp(`[${Object.keys(PLAIN).join("")}]`, "gu");
/** Zeros of the digits that are not ASCII's: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Myanmar, Khmer. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xed0, 0x1040, 0x17e0];
/** Soft hyphens and marks of no width, which no reader sees. */
const UNSEEN = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;

/**
 * Letters that folding leaves as they are, beside any others of these: Hangul, Han, kana, plain Arabic, and small Greek
 * and Cyrillic ones.
 */
const FOLDED =
  /^[a-z0-9\uac00-\ud7a3\u4e00-\u9fa5\u3041-\u3096\u30a1-\u30fa\u0621\u0627\u0628\u062a-\u063a\u0641-\u0648\u064aα-ρσ-ωа-зик-я]*$/;

/**
 * A word as it is compared: without capitals, accents and the differences of compatibility (Unicode's NFKC and case
 * folding), so that one name is one word in whatever spelling.
 */
export function fold(word: string): string {
  if (/^[a-z0-9]*$/.test(word)) return word;
  if (/^[A-Za-z0-9]*$/.test(word)) return word.toLowerCase();
  if (FOLDED.test(word)) return word;
  return word
    .replace(UNSEEN, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(SPECIAL, (it) => PLAIN[it] ?? it)
    .normalize("NFD")
    .replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g, "")
    .normalize("NFC")
    .replace(/\p{Nd}/gu, digit);
}

function digit(char: string): string {
  const code = char.codePointAt(0) as number;
  const zero = ZEROS.find((it) => code >= it && code < it + 10);
  return zero === undefined ? char : String(code - zero);
}

/** German and Nordic names are written without their dots too: Müller, Mueller; Søren, Soeren. Else undefined. */
export function spelledOut(word: string): string | undefined {
  const plain = word.normalize("NFC").toLowerCase();
  if (!/[äöüøå]/.test(plain)) return undefined;
  const letters: Readonly<Record<string, string>> = table({ ä: "ae", ö: "oe", ü: "ue", ø: "oe", å: "aa" });
  return fold(plain.replace(/[äöüøå]/g, (it) => letters[it] as string));
}

/** Letters, digits and what belongs to them; everything else parts words, letters in the shape of an apostrophe too. */
export const WORD = /(?:(?![\u02b0-\u02ff])[\p{L}\p{N}\p{M}\u00ad\u200b-\u200d\u2060])+/gu;

/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

export function isUnspaced(text: string): boolean {
  return UNSPACED.test(text);
}

/** A whole text folded, and of each of its letters where it stood. */
export function foldPlaces(text: string): { readonly folded: string; readonly places: readonly number[] } {
  let folded = "";
  const places: number[] = [];
  // Half-width katakana have their voice marks apart.
  for (const { 0: letter, index } of text.matchAll(/[\s\S][\uff9e\uff9f\u3099\u309a]?/g)) {
    const plain = /\s/.test(letter) ? " " : fold(letter);
    folded += plain;
    for (let i = 0; i < plain.length; i++) places.push(index);
  }
  return { folded, places };
}
