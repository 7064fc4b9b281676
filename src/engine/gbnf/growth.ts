import { createHash } from "node:crypto";
import { Breather } from "../../base/breather.js";
import { MedGemmaError } from "../../base/errors.js";
import { seededRandom } from "../../base/random.js";
import { type Characters, type Item, type Rules, readGrammar } from "./read.js";

/**
 * Ways to go on that llama.cpp keeps at once: each is tried with every token of the vocabulary. A rule of many alternatives
 * begins with more.
 */
const MOST_WAYS = 2048;
/** Rules that a way lies within, all ways together: they are copied with each character. */
const MOST_OPEN = 200_000;
/** Moves within the grammar after which a walk ends: among hundreds of optional properties they are soon as many. */
const MOST_MOVES = 300_000;
/** Moves that one character may take, over all ways: llama.cpp makes them for each token that it tries. */
const MOST_AT_ONCE = 100_000;
/** After these, no more walks begin. */
const ENOUGH_MOVES = 300_000;
/**
 * Characters of a walk from the root, and from any other rule. Ways that become more by one with every two are as many as
 * the text is long in the end; those of a row grow up to its length.
 */
const LENGTH = 300;
const SHORT = 64;
/** Rules that walks begin at, besides the root. */
const MOST_BEGINNINGS = 64;
/** Grammars that were let through, by their hash, for the same one is asked for again and again. */
const MOST_REMEMBERED = 32;
/** Characters tried at each step. */
const TRIED = 8;

/**
 * Refuses a grammar with which a text can be gone on with in more and more ways the longer it gets: llama.cpp follows all of
 * them side by side, on the thread that all answers share, and nothing can stop that. What happens depends on the text, so
 * texts are tried: such as make the ways most, and some by chance, from every rule.
 * @throws MedGemmaError `grammar_unsupported`.
 */
export async function checkGrowth(grammar: string): Promise<void> {
  const digest = createHash("sha256").update(grammar).digest();
  const name = digest.toString("base64");
  if (remembered.has(name)) return;
  const read = readGrammar(grammar);
  if (!read) throw unread();
  // By the grammar, so that it is refused every time or never.
  await walkAll(read, seededRandom(digest.readUInt32LE()));
  for (const oldest of remembered) if (remembered.size >= MOST_REMEMBERED) remembered.delete(oldest);
  remembered.add(name);
}

const remembered = new Set<string>();

async function walkAll(
  read: { readonly rules: Rules; readonly root: number },
  random: () => number,
): Promise<void> {
  const breather = new Breather();
  const machine = new Machine(read.rules, random);
  const others = shuffled(read.rules.length, random).slice(0, MOST_BEGINNINGS);
  const walks: [rule: number, length: number, greedy: boolean][] = [
    [read.root, LENGTH, true],
    [read.root, LENGTH, false],
    ...others.flatMap((rule): [number, number, boolean][] => [
      [rule, SHORT, true],
      [rule, SHORT, false],
    ]),
  ];
  for (const [rule, length, greedy] of walks) {
    const end = machine.moves + MOST_MOVES;
    let ways = machine.begin(rule);
    const most = Math.max(MOST_WAYS, 2 * ways.size);
    const sizes = [ways.size];
    while (sizes.length <= length && ways.size > 0 && machine.moves <= end) {
      ways = machine.step(ways, greedy);
      sizes.push(ways.size);
      if (ways.size > most || opened(ways) > MOST_OPEN) throw grows();
      await breather.breathe();
    }
    if (length === LENGTH && sizes.length > SHORT / 2 && ways.size > 0 && grewIn(sizes)) throw grows();
    if (machine.moves > ENOUGH_MOVES) return;
  }
}

/** Whether there were more ways in the second half than ever in the first: an object's names make many, again and again. */
function grewIn(sizes: readonly number[]): boolean {
  const half = sizes.length >> 1;
  return Math.max(...sizes.slice(half)) > Math.max(...sizes.slice(0, half)) + sizes.length / 4;
}

/** Where to go on, and behind that within which rules: equal ones are one object. */
interface Way {
  readonly at: number;
  readonly below: Way | undefined;
  readonly depth: number;
  readonly number: number;
}

/** llama.cpp's own way to follow a grammar, but that equal ends are shared and moves are counted. */
class Machine {
  moves = 0;
  /** All alternatives one after the other, each with an end. */
  readonly #items: (Item | undefined)[] = [];
  /** Of each rule, where its alternatives begin. */
  readonly #starts: number[][];
  readonly #known = new Map<number, Way>();

  constructor(
    rules: Rules,
    private readonly random: () => number,
  ) {
    this.#starts = rules.map((alternatives) =>
      alternatives.map((items) => {
        const start = this.#items.length;
        for (const item of items) this.#items.push(item);
        this.#items.push(undefined);
        return start;
      }),
    );
  }

  begin(rule: number): Set<Way> {
    const ways = new Set<Way>();
    const end = this.moves + MOST_AT_ONCE;
    for (const start of this.#starts[rule] ?? []) this.#advance(this.#on(start, undefined), ways, end);
    return ways;
  }

  /** The ways after one more character: the one that leaves most of them, or any. */
  step(ways: ReadonlySet<Way>, greedy: boolean): Set<Way> {
    const characters = this.#characters(ways);
    let best = new Set<Way>();
    for (const code of greedy ? characters : characters.slice(0, 1)) {
      const next = new Set<Way>();
      const end = this.moves + MOST_AT_ONCE;
      for (const { at, below } of ways)
        if (takes(this.#items[at] as Characters, code)) this.#advance(this.#on(at + 1, below), next, end);
      if (next.size > best.size || (next.size === best.size && opened(next) > opened(best))) best = next;
    }
    return best;
  }

  /** Some that can come next, in any order. */
  #characters(ways: ReadonlySet<Way>): number[] {
    const codes = new Set<number>();
    for (const { at } of ways) {
      const code = oneOf(this.#items[at] as Characters);
      if (code !== undefined) codes.add(code);
    }
    const all = [...codes];
    return shuffled(all.length, this.random)
      .slice(0, TRIED)
      .map((index) => all[index] as number);
  }

  /** Follows rules until a character is to come. */
  #advance(from: Way | undefined, ways: Set<Way>, end: number): void {
    const todo = [from];
    const seen = new Set<Way>();
    while (todo.length > 0) {
      const way = todo.pop();
      // Nothing is to come: the text may end here.
      if (way === undefined || seen.has(way)) continue;
      seen.add(way);
      if (++this.moves > end) throw grows();
      const item = this.#items[way.at] as Item;
      if (!("rule" in item)) {
        ways.add(way);
        continue;
      }
      const behind = this.#on(way.at + 1, way.below);
      for (const start of this.#starts[item.rule] ?? []) todo.push(this.#on(start, behind));
    }
  }

  /** At a place within what is open; where an alternative ends, behind it. */
  #on(at: number, below: Way | undefined): Way | undefined {
    if (this.#items[at] === undefined) return below;
    const key = at * 2 ** 26 + (below?.number ?? 0);
    const known = this.#known.get(key);
    if (known) return known;
    const way = { at, below, depth: (below?.depth ?? 0) + 1, number: this.#known.size + 1 };
    this.#known.set(key, way);
    return way;
  }
}

function takes({ ranges, not }: Characters, code: number): boolean {
  for (let at = 0; at < ranges.length; at += 2)
    if (code >= (ranges[at] as number) && code <= (ranges[at + 1] as number)) return !not;
  return not;
}

/** Of what a class leaves out, something that is in none. */
const OUTSIDE = [0x61, 0x20, 0x31, 0x2c, 0x4e00, 0x1f600, 0x7e];

function oneOf(characters: Characters): number | undefined {
  return characters.not ? OUTSIDE.find((code) => takes(characters, code)) : characters.ranges[0];
}

function opened(ways: ReadonlySet<Way>): number {
  let sum = 0;
  for (const { depth } of ways) sum += depth;
  return sum;
}

/** Numbers below `length` in any order. */
function shuffled(length: number, random: () => number): number[] {
  const numbers = Array.from({ length }, (_, index) => index);
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [numbers[at], numbers[other]] = [numbers[other] as number, numbers[at] as number];
  }
  return numbers;
}

function grows(): MedGemmaError {
  return new MedGemmaError(
    "grammar_unsupported",
    "The grammar lets a text go on in more ways at once than can be followed.",
    {
      facts: { reason: "ways to go on", limit: MOST_WAYS },
      remedy:
        "Let the next character tell which alternative it is, above all before a rule that contains itself, and leave out fewer things in a row.",
    },
  );
}

function unread(): MedGemmaError {
  return new MedGemmaError("grammar_unsupported", "The grammar cannot be parsed.", {
    facts: { reason: "syntax" },
    remedy: "Write llama.cpp's GBNF, with a rule called root, and every rule that is named.",
  });
}
