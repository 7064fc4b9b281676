/** A string that tells who somebody is. */
interface Told {
  readonly key: string;
  /** What stands in its place. */
  readonly word: string;
  /** Whether it is found in whatever mix of capitals, or only in these spellings. */
  readonly anyCase: boolean;
  readonly spellings: Set<string>;
  /** Where its first word begins. */
  readonly offset: number;
}

/** Names that in small letters are words of any note: "no long bone pain" names nobody. */
const COMMON: ReadonlySet<string> = new Set(
  (
    "white black brown green gray grey blue red gold silver rose long short small little young old strong swift " +
    "may will mark grace hope faith joy dawn summer autumn august april june hand head foot heart bone back hill wood " +
    "woods stone rivers field day knight bishop king price cook baker page bell ball best rich frank grant art guy " +
    "lane drew pat bill case chance chase christian daisy drake dean dusty earnest ernest fall fisher fox frost gene " +
    "good hall hardy hunter ivy ray rusty lily moody olive penny pearl pierce reed ruby sharp sage son speed summers " +
    "sunny sweet taylor turner wade walker wall ward waters way west wise the and for not all new low high left right"
  ).split(" "),
);

/** "SMITHERS" and "smithers" as "Smithers". */
function titleCase(text: string): string {
  return text.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase());
}

/** More are not taken; a record has some hundreds. */
const MAX_STRINGS = 5000;
const WORD = /[\p{L}\p{N}]+/gu;
const IN_WORD = /[\p{L}\p{N}]/u;

/**
 * Strings that are replaced wherever they stand as whole words, the longest first. They are looked up by their first
 * word, so that a text takes time by its length, however many there are.
 */
export class KnownStrings {
  readonly #byKey = new Map<string, Told>();
  readonly #byWord = new Map<string, Told[]>();

  has(text: string): boolean {
    return this.#byKey.has(text.toLowerCase());
  }

  /** @param word What stands in its place; of the first where one string is added twice. */
  add(text: string, word: string): void {
    const key = text.toLowerCase();
    const spellings = [text, text.toUpperCase(), ...(text.length < 3 ? [] : [titleCase(text)])];
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      for (const spelling of spellings) known.spellings.add(spelling);
      return;
    }
    const first = new RegExp(WORD).exec(key);
    if (first === null || this.#byKey.size >= MAX_STRINGS) return;
    const anyCase = text.length >= 3 && (/[\s\d]/.test(text) || (word === "[name]" && !COMMON.has(key)));
    const told = { key, word, anyCase, spellings: new Set(spellings), offset: first.index };
    this.#byKey.set(key, told);
    const alike = this.#byWord.get(first[0]) ?? [];
    alike.push(told);
    alike.sort((a, b) => b.key.length - a.key.length);
    this.#byWord.set(first[0], alike);
  }

  replaceIn(text: string): string {
    if (this.#byKey.size === 0) return text;
    let clean = "";
    let done = 0;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (index < done) continue;
      for (const told of this.#byWord.get(word.toLowerCase()) ?? []) {
        const start = index - told.offset;
        const end = start + told.key.length;
        if (start < done || !isTold(text, start, end, told)) continue;
        clean += text.slice(done, start) + told.word;
        done = end;
        break;
      }
    }
    return clean + text.slice(done);
  }
}

function isTold(text: string, start: number, end: number, told: Told): boolean {
  const found = text.slice(start, end);
  if (found.toLowerCase() !== told.key || !(told.anyCase || told.spellings.has(found))) return false;
  return !IN_WORD.test(text.slice(Math.max(0, start - 1), start)) && !IN_WORD.test(text.slice(end, end + 1));
}
