import { fold, isUnspaced, spelledOut } from "./fold.js";
import { isUnspacedWord, isWord } from "./lexicon.js";
import { type Token, tokensOf } from "./tokens.js";

/** One word that belongs to somebody's name or address. */
export interface Part {
  readonly word: string;
  /** It is no word of notes, so that it names somebody wherever it stands. */
  readonly sure: boolean;
}

interface Node {
  readonly next: Map<string, Node>;
  end?: Phrase;
}

/** Several words that stand for somebody together. */
export interface Phrase {
  readonly word: string;
  /** One of the words is no word of notes. */
  readonly sure: boolean;
  /** All of its words are of one or two letters: symbols of electrolytes are too. */
  readonly short: boolean;
  /** Of the patient. */
  readonly own: boolean;
  /** It stands for somebody only as it is written here, in small letters. */
  readonly written?: string | undefined;
}

/** Beyond so many strings of others than the patient a record's names are no longer held. */
const MAX_STRINGS = 200_000;
/** Letters by which the forms of a name differ: Иванов, Иванова; Novák, Nováková; Paweł, Pawła. */
const FLEETING = /([^aeiouy])e([cklnr])$/;
const LAST_VOWEL = /[aeiouyаяйьоие]$/;

/** What tells who the people of a record are. All look-ups take time by the length of what is looked up. */
export class Known {
  readonly #parts = new Map<string, Part>();
  readonly #stems = new Map<string, Part>();
  readonly #phrases: Node = { next: new Map() };
  readonly #coded: Node = { next: new Map() };
  /** Words that codes of the record have as their display: they mean something in this record. */
  readonly #codedWords = new Set<string>();
  readonly #digits = new Map<string, string>();
  readonly #digitLengths = new Set<number>();
  /** As `1970-05-05`. */
  readonly #births = new Set<string>();
  readonly #shortNumbers = new Set<string>();
  readonly #postalCodes = new Set<string>();
  readonly #unspaced = new Map<string, Map<string, string>>();
  #count = 0;
  /** Strings that could not be held. */
  dropped = 0;

  /** @param own Of the patient: always held. */
  #room(own: boolean): boolean {
    if (own || this.#count < MAX_STRINGS) {
      this.#count++;
      return true;
    }
    this.dropped++;
    return false;
  }

  addPart(text: string, word: string, own: boolean): void {
    for (const { key } of tokensOf(text)) this.#addKey(key, word, own);
    const spelled = spelledOut(text);
    if (spelled !== undefined) for (const { key } of tokensOf(spelled)) this.#addKey(key, word, own);
  }

  #addKey(key: string, word: string, own: boolean): void {
    if (
      /^\d+$/.test(key) ||
      (key.length < 2 && !/[\uac00-\ud7a3]/.test(key)) ||
      this.#parts.has(key) ||
      !this.#room(own)
    )
      return;
    const part = { word, sure: key.length >= 3 && !isWord(key) };
    this.#parts.set(key, part);
    if (!part.sure) return;
    for (const stem of [key.replace(LAST_VOWEL, ""), key.replace(FLEETING, "$1$2")]) {
      if (stem.length >= 4 && stem !== key && !this.#stems.has(stem)) this.#stems.set(stem, part);
    }
  }

  /**
   * A whole string, of which only its words in this order stand for somebody.
   * @param sure Whether it does so whatever its words mean. Defaults to whether one of them is no word of notes.
   */
  addPhrase(text: string, word: string, own: boolean, sure?: boolean): void {
    const spelled = spelledOut(text);
    for (const it of spelled === undefined ? [text] : [text, spelled]) {
      const keys = tokensOf(it).map(({ key }) => key);
      if (keys.length === 0 || !this.#room(own)) continue;
      const named = keys.some((key) => key.length >= 3 && !/^\d+$/.test(key) && !isWord(key));
      const short = keys.every((key) => key.length < 3);
      put(this.#phrases, keys, { word, sure: sure ?? named, short, own });
    }
  }

  /** A number that is made of words: only as it is written, with its hyphens. */
  addWritten(text: string, word: string, own: boolean): void {
    const keys = tokensOf(text).map(({ key }) => key);
    if (keys.length === 0 || !this.#room(own)) return;
    put(this.#phrases, keys, { word, sure: true, short: false, own, written: text.toLowerCase() });
  }

  /** A name of several words that is written as one as well: "D'Angelo", "dangelo"; "Abd al-Rahman", "Abdalrahman". */
  addCompound(text: string, own: boolean): void {
    const keys = tokensOf(text).map(({ key }) => key);
    const joined = keys.join("");
    if (keys.length < 2 || joined.length < 5 || isWord(joined)) return;
    this.#addKey(joined, "[name]", own);
    if (!/\s/.test(text)) this.addPhrase(text, "[name]", own, true);
  }

  /** @param text The display of a code, which never names the people of the record. */
  addCoded(text: string): void {
    const keys = tokensOf(text).map(({ key }) => key);
    if (keys.length === 1) this.#codedWords.add(keys[0] as string);
    else if (keys.length > 1) put(this.#coded, keys, { word: "", sure: false, short: false, own: false });
  }

  /** @param day As `1970-05-05`. */
  addBirth(day: string): void {
    const [year = "", month = "", date = ""] = day.split("-");
    this.#births.add(day);
    this.addDigits(year + month + date, "[date of birth]", true);
    const unspaced = `${year}年${Number(month)}月${Number(date)}日`;
    this.addUnspaced(unspaced, "[date of birth]", true);
  }

  get hasBirths(): boolean {
    return this.#births.size > 0;
  }

  isBirth(day: string): boolean {
    return this.#births.has(day);
  }

  /** A number of several digits, however they are grouped. */
  addDigits(digits: string, word: string, own: boolean): void {
    if (digits.length >= 6 && this.#room(own)) {
      this.#digits.set(digits, word);
      this.#digitLengths.add(digits.length);
    } else if (digits.length > 1) this.#shortNumbers.add(digits);
  }

  /**
   * In a script without spaces: found inside of words.
   * @param word `""` where it is to be kept, and told of.
   */
  addUnspaced(text: string, word: string, own: boolean): void {
    const key = fold(text);
    const begin = key.slice(0, 2);
    if (key.length < 2 || !this.#room(own)) return;
    const alike = this.#unspaced.get(begin) ?? new Map<string, string>();
    if (!alike.get(key)) alike.set(key, word);
    this.#unspaced.set(begin, alike);
  }

  /** Whether a string of such a script names somebody wherever it stands. */
  static isSureUnspaced(text: string): boolean {
    const { length } = [...text];
    return isUnspaced(text) && (length >= 3 || (length === 2 && !isUnspacedWord(text)));
  }

  part(key: string): Part | undefined {
    const part = this.#parts.get(key);
    return part?.sure && this.#codedWords.has(key) ? { ...part, sure: false } : part;
  }

  stem(key: string): Part | undefined {
    return this.#stems.get(key);
  }

  get hasDigits(): boolean {
    return this.#digits.size > 0;
  }

  /** Whether it knows a number of so many digits. */
  hasDigitsOf(length: number): boolean {
    return this.#digitLengths.has(length);
  }

  digits(key: string): string | undefined {
    return this.#digits.get(key);
  }

  /** A number that counts only beside its town. */
  addPostalCode(code: string): void {
    this.#postalCodes.add(fold(code));
  }

  isPostalCode(key: string): boolean {
    return this.#postalCodes.has(key);
  }

  isShortNumber(key: string): boolean {
    return this.#shortNumbers.has(key);
  }

  get hasUnspaced(): boolean {
    return this.#unspaced.size > 0;
  }

  /** The longest string of a script without spaces that begins there. */
  unspacedAt(text: string, at: number): { readonly length: number; readonly word: string } | undefined {
    const alike = this.#unspaced.get(text.slice(at, at + 2));
    if (alike === undefined) return undefined;
    for (let length = Math.min(40, text.length - at); length >= 2; length--) {
      const word = alike.get(text.slice(at, at + length));
      if (word !== undefined) return { length, word };
    }
    return undefined;
  }

  /** The longest phrase that begins with a word, and how many words it takes. */
  phraseAt(
    tokens: readonly Token[],
    at: number,
    joins: (left: Token, right: Token) => boolean,
  ): Found | undefined {
    return find(this.#phrases, tokens, at, joins);
  }

  codedAt(
    tokens: readonly Token[],
    at: number,
    joins: (left: Token, right: Token) => boolean,
  ): Found | undefined {
    return find(this.#coded, tokens, at, joins);
  }
}

export interface Found extends Phrase {
  readonly length: number;
}

function put(root: Node, keys: readonly string[], end: Phrase): void {
  let node = root;
  for (const key of keys.slice(0, 30)) {
    const next: Node = node.next.get(key) ?? { next: new Map() };
    node.next.set(key, next);
    node = next;
  }
  node.end ??= end;
}

function find(
  root: Node,
  tokens: readonly Token[],
  at: number,
  joins: (left: Token, right: Token) => boolean,
): Found | undefined {
  let node: Node | undefined = root;
  let found: Found | undefined;
  for (let i = at; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (i > at && !joins(tokens[i - 1] as Token, token)) break;
    node = node.next.get(token.key);
    if (node === undefined) break;
    if (node.end !== undefined) found = { ...node.end, length: i - at + 1 };
  }
  return found;
}
