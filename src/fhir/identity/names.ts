import { daysAt } from "./dates.js";
import { isEponym } from "./eponyms.js";
import { foldPlaces } from "./fold.js";
import { partOf, withParticle } from "./forms.js";
import { KOREAN_ADDRESS, PARTICLES } from "./honorifics.js";
import type { Known, Part } from "./known.js";
import { isWord } from "./lexicon.js";
import { isMeasure, isMeasured } from "./measures.js";
import { isTitled, type Place } from "./titles.js";
import { gapBefore, type Span, type Token, tokensOf } from "./tokens.js";

/** Letters of the scripts in which names are found inside of words, half-width ones too. */
const SPACELESS =
  /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\ud7ff\uf900-\ufaff\uff66-\uff9f]/;
/** Between a name and where somebody lives, or between two towns. */
const OF = /^\s+(?:of|from|in|aus|de|van|di|da|and|und|et|y|e|en|i|near|bei)\s+$/i;
const LIVES =
  /(?:\b(?:lives?|living|resid(?:es|ing|ent)|moved|travell?(?:ed|ing)|wohnhaft|wohnt|habite|vive|reside|abita|woont|mora)\s+(?:in|at|near|to|of|à|a|en|em|te)|\b(?:home|town|city|zip|plz|wohnort|adresse|address)\s*:?)\s*$/i;

/** What names and places a text holds, and which words of them were left because they mean something else. */
export interface Findings {
  readonly spans: readonly Span[];
  /** Folded words that name somebody elsewhere and were kept. */
  readonly kept: readonly string[];
}

/** @param isValue Whether a part of the text is a code or a number and no words. */
export function findNames(
  text: string,
  known: Known,
  isValue: (start: number, end: number) => boolean,
): Findings {
  return new Finder(text, known, isValue).find();
}

class Finder implements Place {
  readonly tokens: readonly Token[];
  /** By token: what stands in its place. */
  readonly words: (string | undefined)[];
  /** Tokens of codes' displays. */
  readonly #coded: boolean[];
  readonly #spans: Span[] = [];
  readonly #keptUnspaced: string[] = [];

  constructor(
    readonly text: string,
    private readonly known: Known,
    private readonly isValue: (start: number, end: number) => boolean,
  ) {
    this.tokens = tokensOf(text);
    this.words = new Array<string | undefined>(this.tokens.length).fill(undefined);
    this.#coded = new Array<boolean>(this.tokens.length).fill(false);
  }

  find(): Findings {
    this.#markCoded();
    for (let at = 0; at < this.tokens.length; at++) {
      at += this.#phrase(at) || this.#birth(at) || this.#digits(at);
    }
    for (let at = 0; at < this.tokens.length; at++) this.#single(at);
    for (let at = 2; at < this.tokens.length; at++) this.#aroundInitial(at);
    this.#towns();
    this.#spread();
    if (this.known.hasUnspaced && SPACELESS.test(this.text)) this.#unspaced();
    for (const [at, word] of this.words.entries()) {
      const token = this.tokens[at] as Token;
      if (word !== undefined) this.#spans.push({ start: token.start, end: this.#possessive(token), word });
    }
    return { spans: this.#spans, kept: this.#kept() };
  }

  #gap(at: number): string {
    return gapBefore(this.text, this.tokens, at);
  }

  /** Words of one string: spaces, hyphens, apostrophes and the like are between them. */
  readonly #joins = (left: Token, right: Token): boolean => {
    const gap = this.text.slice(left.end, right.start);
    return gap.length <= 4 && /^[\s\p{P}\p{S}]*$/u.test(gap);
  };

  #markCoded(): void {
    for (let at = 0; at < this.tokens.length; at++) {
      const found = this.known.codedAt(this.tokens, at, this.#joins);
      if (found !== undefined) this.#coded.fill(true, at, at + found.length);
    }
  }

  /** @returns how many words more than one it took. */
  #phrase(at: number): number {
    const found = this.known.phraseAt(this.tokens, at, this.#joins);
    if (found === undefined) return 0;
    const last = at + found.length - 1;
    const [first, end] = [this.tokens[at] as Token, this.tokens[last] as Token];
    if (found.written !== undefined && this.text.slice(first.start, end.end).toLowerCase() !== found.written)
      return 0;
    const isNumber = /^\d+$/.test(end.key);
    if (!found.sure && found.word === "[name]") {
      // "Red blood cells", though a doctor is called so.
      if (!found.own) return 0;
      const words = this.tokens.slice(at, last + 1).filter(({ key }) => !PARTICLES.has(key));
      if (words.length < 2 || !words.every(({ capital }) => capital)) return 0;
      const gaps = words.map((_, index) => (index === 0 ? " " : this.#gap(at + index)));
      if (
        !gaps.every((gap) =>
          (found.short ? /^[ \u00a0]$/ : /^(?:[ \u00a0\n]|, ?|\s?[-'\u2019\u2010-\u2015]\s?)$/).test(gap),
        )
      )
        return 0;
      if (isMeasure(this.text, this.tokens, last) || this.#coded[at]) return 0;
    }
    if (found.word === "[place]" && !found.sure) {
      if (isNumber && isMeasured(this.text, this.tokens, last)) return 0;
      if (!this.tokens.slice(at, last + 1).some(({ capital, key }) => capital && !/^\d/.test(key))) return 0;
    }
    this.words.fill(found.word, at, last + 1);
    return found.length - 1;
  }

  /** @returns how many words more than one it took. */
  #birth(at: number): number {
    if (!this.known.hasBirths) return 0;
    const found = daysAt(this.tokens, at, this.#joins);
    if (found === undefined || !found.days.some((it) => this.known.isBirth(it))) return 0;
    this.words.fill("[date of birth]", at, at + found.length);
    return found.length - 1;
  }

  /** Digits that belong together, however they are grouped. @returns how many words more than one it took. */
  #digits(at: number): number {
    if (!this.known.hasDigits) return 0;
    let digits = "";
    for (let i = at; i < at + 8; i++) {
      const key = this.tokens[i]?.key ?? "";
      if (!/^\d+$/.test(key) || (i > at && !/^[ \u00a0()./+-]{1,3}$/.test(this.#gap(i)))) break;
      digits += key;
      if (digits.length > 20) break;
      const word = this.#numberOf(digits);
      if (word === undefined || isMeasured(this.text, this.tokens, i)) continue;
      if (i === at && digits.length < 7 && /00$/.test(digits)) continue;
      this.words.fill(word, at, i + 1);
      return i - at;
    }
    return 0;
  }

  /** What a number stands for, with a country's code before it or without. */
  #numberOf(digits: string): string | undefined {
    const { length } = digits;
    const whole = this.known.hasDigitsOf(length) ? this.known.digits(digits) : undefined;
    if (whole !== undefined || length <= 9 || !this.known.hasDigitsOf(9)) return whole;
    return this.known.digits(digits.slice(-9));
  }

  #single(at: number): void {
    const token = this.tokens[at] as Token;
    if (this.words[at] !== undefined) return;
    if (this.#isKoreanFamily(at)) this.words.fill("[name]", at, at + 2);
    if (this.words[at] !== undefined) return;
    const part = partOf(this.known, token);
    const titled = !this.#coded[at] && isTitled(this, at, part);
    if (titled && !this.isValue(token.start, token.end)) this.words[at] = "[name]";
    else if (part !== undefined && this.#isSure(at, part)) this.words[at] = part.word;
  }

  #isSure(at: number, part: Part): boolean {
    const token = this.tokens[at] as Token;
    if (!part.sure || this.#coded[at] || isEponym(this.text, this.tokens, at)) return this.#isSpokenTo(at);
    if (part.word === "[place]") return token.capital && token.key.length > 3;
    if (isMeasure(this.text, this.tokens, at)) return false;
    if (/[\uac00-\ud7a3]/.test(token.key)) return token.key.length > 2;
    return token.key.length > 3 || (token.capital && !token.upper);
  }

  /** A Korean name of two syllables before a form of address of its own. */
  #isSpokenTo(at: number): boolean {
    const next = this.tokens[at + 1];
    return (
      /[\uac00-\ud7a3]/.test((this.tokens[at] as Token).key) &&
      next !== undefined &&
      KOREAN_ADDRESS.test(next.key) &&
      this.#gap(at + 1) === " "
    );
  }

  /** A Korean family name with a given name and a particle after it: "김 민수는". */
  #isKoreanFamily(at: number): boolean {
    const [family, given] = [this.tokens[at] as Token, this.tokens[at + 1]];
    if (!/^[\uac00-\ud7a3]{1,2}$/.test(family.key) || given === undefined || this.#gap(at + 1) !== " ")
      return false;
    return (
      this.known.part(family.key)?.word === "[name]" &&
      withParticle(this.known, given.key)?.part.word === "[name]"
    );
  }

  /** "Grace M. Long", though both are words. */
  #aroundInitial(at: number): void {
    const [first, middle, last] = this.tokens.slice(at - 2, at + 1) as [Token, Token, Token];
    if (middle.key.length > 1 || !/[a-z]/.test(middle.key) || !middle.capital) return;
    if (this.#gap(at - 1) !== " " || !/^\.? $/.test(this.#gap(at))) return;
    if (!this.#isNamePart(first) || !this.#isNamePart(last)) return;
    this.words.fill("[name]", at - 2, at + 1);
  }

  #isNamePart({ key, capital }: Token): boolean {
    return capital && this.known.part(key)?.word === "[name]";
  }

  /** Names and towns that are words are taken where they stand beside what is surely one. */
  #spread(): void {
    for (let at = 1; at < this.tokens.length; at++) this.#spreadTo(at, at - 1, this.#gap(at), false);
    for (let at = this.tokens.length - 2; at >= 0; at--) this.#spreadTo(at, at + 1, this.#gap(at + 1), true);
  }

  #spreadTo(at: number, from: number, gap: string, back: boolean): void {
    const word = this.words[from];
    const token = this.tokens[at] as Token;
    if (word === undefined || this.words[at] !== undefined) return;
    const part = this.known.part(token.key);
    if (word === "[place]" || part?.word === "[place]") {
      const near = /^(?:[ \u00a0\n]|, ?|\n|\s?[-/]\s?)$/.test(gap) && word === "[place]";
      if (near && (this.known.isPostalCode(token.key) || (part?.word === "[place]" && token.capital))) {
        if (!isMeasured(this.text, this.tokens, at)) this.words[at] = "[place]";
      }
      return;
    }
    if (word !== "[name]") return;
    if (/^ ?\($/.test(gap) && !back && this.known.isShortNumber(token.key) && token.key.length > 3) {
      this.words[at] = "[number]";
      return;
    }
    const close = /^(?:[ \u00a0]|\s?[-'\u2019\u2010-\u2015]\s?)$/.test(gap);
    const reversed = /^, ?$/.test(gap);
    if (part?.word === "[name]" && token.capital && (close || reversed)) {
      if (
        !isMeasure(this.text, this.tokens, at) &&
        !(back && this.#isSentence(at) && isWord(token.key) && this.#isFunction(token))
      ) {
        this.words[at] = "[name]";
      }
      return;
    }
    // "J. Smith", "Jane Q. Smith", "von der Heide".
    const initial = token.key.length === 1 && token.capital && /[a-zа-я]/.test(token.key);
    if (back && initial && /^\. ?$/.test(gap)) this.words[at] = "[name]";
    else if (back && PARTICLES.has(token.key) && close && this.words[at - 1] === "[name]")
      this.words[at] = "[name]";
    else if (!back && (initial || PARTICLES.has(token.key)) && close) this.#between(at);
  }

  /** An initial or a particle is taken where a part of a name follows. */
  #between(at: number): void {
    const next = this.tokens[at + 1];
    if (next === undefined || !/^(?:\. ?| |['\u2019])$/.test(this.#gap(at + 1))) return;
    if (this.words[at + 1] === "[name]" || (this.known.part(next.key)?.word === "[name]" && next.capital)) {
      this.words[at] = "[name]";
    }
  }

  #isSentence(at: number): boolean {
    return at === 0 || /[.!?:\n]/.test(this.#gap(at));
  }

  #isFunction({ key, upper }: Token): boolean {
    return key.length < 4 && !upper;
  }

  /** Towns that are words, after words that say so. */
  #towns(): void {
    for (const [at, token] of this.tokens.entries()) {
      if (this.words[at] !== undefined || !token.capital) continue;
      if (this.known.part(token.key)?.word !== "[place]") continue;
      if (this.#isBeforeCode(at)) this.words[at] = "[place]";
      const before = this.text.slice(Math.max(0, token.start - 40), token.start);
      const gap = at > 1 ? this.text.slice((this.tokens[at - 2] as Token).end, token.start) : "";
      if (LIVES.test(before) || (OF.test(gap) && this.words[at - 2] !== undefined))
        this.words[at] = "[place]";
    }
  }

  /** "Normal, IL 61761". */
  #isBeforeCode(at: number): boolean {
    for (let i = at + 1; i <= at + 2; i++) {
      const token = this.tokens[i];
      if (token === undefined || !/^(?: |, ?)$/.test(this.#gap(i))) return false;
      // "Na 132" is a result.
      const isCode = this.known.isPostalCode(token.key) && token.key.length > 3;
      if (isCode) return !isMeasured(this.text, this.tokens, i);
      if (!(token.upper && token.key.length === 2) && this.known.part(token.key)?.word !== "[place]")
        return false;
    }
    return false;
  }

  /** The genitive's apostrophe and s. */
  #possessive({ end }: Token): number {
    return end + (/^['\u2019]s(?![\p{L}\p{N}])/u.exec(this.text.slice(end, end + 4))?.[0].length ?? 0);
  }

  #kept(): string[] {
    const kept = new Set<string>();
    for (const [at, token] of this.tokens.entries()) {
      if (this.words[at] !== undefined) continue;
      const own = withParticle(this.known, token.key);
      if (token.capital && this.known.part(token.key) !== undefined) kept.add(token.key);
      else if (own !== undefined && own.name.length > 1) kept.add(own.name);
    }
    return [...kept, ...this.#keptUnspaced];
  }

  /** Names of scripts without spaces, anywhere. */
  #unspaced(): void {
    const { folded, places } = foldPlaces(this.text);
    for (let at = 0; at < folded.length; at++) {
      const found = this.known.unspacedAt(folded, at);
      if (found === undefined) continue;
      if (found.word === "") {
        this.#keptUnspaced.push(folded.slice(at, at + found.length));
        continue;
      }
      const start = places[at] as number;
      const end = places[at + found.length] ?? this.text.length;
      this.#spans.push({ start, end, word: found.word });
      at += found.length - 1;
    }
  }
}
