import { badOption, MedGemmaError } from "../../base/errors.js";
import { COMMENT, TOKEN } from "./lexemes.js";

/** llama.cpp parses groups by recursion and would run out of its stack. */
const MOST_DEPTH = 100;
/** Of a rule: each is compared with all others before the first token. 5000 take a tenth of a second. */
const MOST_ALTERNATIVES = 5000;
/**
 * Of what may be left out, in a rule: each doubles what may follow. 60 in a row take a tenth of a second, 1000 minutes.
 * Rows that are put together from several rules are found by what they do ({@link checkGrowth}).
 */
const MOST_OPTIONAL = 64;
const MOST_RULES = 50_000;
/** What `{n}` and `{m,n}` write out, all together. */
const MOST_REPEATED = 200_000;
const MOST_CHARACTERS = 2 ** 20;

/** What stands in GBNF and is neither an operator nor of any length: literals, classes of characters, tokens, comments. */
const SKIPPED = new RegExp(
  String.raw`"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|${TOKEN.source}|${COMMENT.source}`,
  "sy",
);
const REPETITION = /\{(\d*)(?:,(\d*))?\}/y;
const RULE = /::=/y;
const NAME = /[\w.-]/;

/**
 * Holds a grammar to what llama.cpp can take in within a moment: it is parsed on the thread that all answers share, and
 * nothing can stop that.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`.
 */
export function checkGrammar(grammar: unknown): string {
  if (typeof grammar !== "string") throw badOption("grammar", "a grammar in GBNF", grammar);
  if (grammar.length > MOST_CHARACTERS) throw tooMuch("characters", MOST_CHARACTERS);
  let rule = new RuleCount();
  let rules = 0;
  let repeated = 0;
  for (let at = 0; at < grammar.length; at++) {
    const skipped = matchAt(SKIPPED, grammar, at);
    if (skipped) {
      at += skipped[0].length - 1;
      if (!skipped[0].startsWith("#")) rule.item();
      continue;
    }
    switch (grammar[at]) {
      case "(":
        rule.open();
        break;
      case ")":
        rule.close();
        break;
      case "|":
        rule.alternative();
        break;
      case "?":
      case "*":
        rule.repeat(1, true);
        break;
      case "{": {
        const [, least = "", most] = matchAt(REPETITION, grammar, at) ?? [];
        const times = Number(most || least);
        rule.repeat(Math.max(1, times), Number(least) < times);
        repeated += times;
        if (repeated > MOST_REPEATED) throw tooMuch("repetitions", MOST_REPEATED);
        break;
      }
      case ":":
        if (!matchAt(RULE, grammar, at)) break;
        rule = new RuleCount();
        if (++rules > MOST_RULES) throw tooMuch("rules", MOST_RULES);
        break;
      default:
        if (NAME.test(grammar[at] ?? "")) rule.item();
    }
  }
  return grammar;
}

/** What one rule asks of the parser. */
class RuleCount {
  #alternatives = 1;
  /** Of the rule, and of each group that is open. */
  readonly #optional = [0];
  /** Of the item that an operator behind it would repeat. */
  #last = 0;

  item(): void {
    this.#last = 0;
  }

  open(): void {
    this.#optional.push(0);
    if (this.#optional.length > MOST_DEPTH) throw tooMuch("groups within groups", MOST_DEPTH);
  }

  close(): void {
    this.#last = this.#optional.length > 1 ? (this.#optional.pop() ?? 0) : 0;
    this.#add(this.#last);
  }

  alternative(): void {
    if (++this.#alternatives > MOST_ALTERNATIVES) throw tooMuch("alternatives in a rule", MOST_ALTERNATIVES);
  }

  /** The last item, up to `times`; optional where it may also be fewer. */
  repeat(times: number, optional: boolean): void {
    this.#add((times - 1) * this.#last + (optional ? 1 : 0));
  }

  #add(optional: number): void {
    const group = this.#optional.length - 1;
    this.#optional[group] = (this.#optional[group] ?? 0) + optional;
    if ((this.#optional[group] ?? 0) > MOST_OPTIONAL)
      throw tooMuch("items of a rule that may be left out", MOST_OPTIONAL);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function tooMuch(what: string, most: number): MedGemmaError {
  return new MedGemmaError("grammar_unsupported", `The grammar has more than ${most} ${what}.`, {
    facts: { reason: what, limit: most },
    remedy: "Split it into rules that name each other, or write a JSON schema.",
  });
}
