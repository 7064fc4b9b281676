import { toCharacters } from "../../../../fhir/text/characters.js";

/** Elements within a word or a line; all others part words. */
const INLINE = /<\/?(?:b|i|u|s|em|strong|span|font|mark|small|sub|sup|wbr)(?:\s[^<>]{0,200})?\/?>/gi;
const PARTING =
  /<\/?(?:a|br|hr|p|div|li|ul|ol|dl|dt|dd|table|thead|tbody|tr|td|th|h[1-6]|pre|section|paragraph|body|html)(?:\s[^<>]{0,200})?\/?>/gi;
/** A tab of a table's cell included; line ends stay what they are. */
const SPACE = /[^\S\n\r\f\v\u2028\u2029]|[\u180e\u2800\u3164\uffa0\u115f\u1160]/g;
/** Pictures and arrows between words; degrees are a unit. */
const SYMBOL = /(?!\u00b0)\p{So}/gu;
/** Are not seen, and part no word for a reader. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u00ad\ufeff]/gu;
/** Are not seen, but a line may end there: what was put between two words, when the space was lost. */
const HIDDEN_SPACE = /[\u200b\u200c\u2060\ufeff]/g;

/** Letters of another script and the Latin ones that they look like, after capitals. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ["авекмнорстухіјѕһԁӏԛԝѵ", "abekmhopctyxijshdlqwv"],
    ["αβεηικνορςτυχω", "abenikvopctuxw"],
    ["ıɑɡɩʏ", "iagiy"],
  ].flatMap(([foreign = "", letters = ""]) =>
    [...foreign].map((sign, at) => [sign, letters[at] ?? sign] as const),
  ),
);
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\u0131\u0251\u0261\u0269\u028f]/u;
const WORD = /[\p{L}\p{M}]+/gu;

/** The same sign between all letters; a wider gap parts the words. */
const SPACED = /(?<![\p{L}\p{N}'])\p{L}( ?[-._*·|,/] ?| {1,3})\p{L}(?:\1\p{L}){2,}(?![\p{L}\p{N}'])/gu;

const SHORTER = new RegExp(SPACED.source.replace("{2,}", "*"), "gu");

/** Characters by name or number, elements of a page, spaces of all kinds: what a reader of the page would see. */
export function visible(text: string): string {
  // Twice: what was written by one page and quoted by another is "&amp;nbsp;".
  return toCharacters(toCharacters(text))
    .replace(INLINE, "")
    .replace(PARTING, " ")
    .replace(SPACE, " ")
    .replace(SYMBOL, " ");
}

/** The other reading of signs that hide a space or nothing. */
export const withHiddenSpaces = (text: string) => text.replace(HIDDEN_SPACE, " ");
export const withoutInvisible = (text: string) => text.replace(INVISIBLE, "");

/** Of a text without capitals: Cyrillic and Greek letters in a Latin word, and a zero between letters. */
export function latin(text: string): string {
  const plain = FOREIGN.test(text)
    ? text.replace(WORD, (word) => (isMixed(word) ? mapped(word) : word))
    : text;
  return plain.replace(/(?<=[a-z]{2})0(?=[a-z]{2})/g, "o");
}

const isMixed = (word: string) => FOREIGN.test(word) && /[a-z]/.test(word);
const mapped = (word: string) => word.replace(/./gu, (letter) => LOOKALIKES.get(letter) ?? letter);

/** "c a r d i a c  a r r e s t" */
export const hasSpacedLetters = (text: string) => visible(text).normalize("NFKC").search(SPACED) >= 0;

/** Beside a long run, short ones are words too: "n o t  b r e a t h i n g". */
export function closeLetters(text: string): string {
  if (text.search(SPACED) < 0) return text;
  return text.replace(SHORTER, (run, gap: string) => run.replaceAll(gap, ""));
}
