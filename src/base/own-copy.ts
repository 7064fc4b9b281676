import { MedGemmaError } from "./errors.js";

const DEEPEST = 6;
/** A list that says it is longer may be empty. */
const LONGEST = 1_000_000;
/** Names of one object: options have some dozens, what is keyed by labels some thousands. */
export const MOST_NAMES = 10_000;
/** Objects, lists and names in all; a list may hold another many times, and that one another. */
const MOST = 1_000_000;
/** Of a list, what is no object: numbers of vectors come by the million. */
const A_PLAIN_ITEM = 0.05;

/** A copy of what a caller passes, as far as it is lists and plain objects; each of them is read once. */
export class OwnCopy {
  #left = MOST;

  /** @param name What the value is called in messages. */
  constructor(private readonly name: string) {}

  /** @throws MedGemmaError `bad_option` for more than can be meant, and whatever the caller's own getters throw. */
  of(value: unknown, depth = DEEPEST): unknown {
    if (typeof value !== "object" || value === null || depth === 0) return value;
    if (Array.isArray(value)) return value.length > LONGEST ? value : this.#list(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    if (!isPlain || Object.getOwnPropertySymbols(value).length > 0) return value;
    const names = Object.keys(value);
    this.checkNames(names);
    return Object.fromEntries(
      names.map((name) => [name, this.of((value as Record<string, unknown>)[name], depth - 1)]),
    );
  }

  /** Before a value is read. */
  checkNames(names: readonly string[]): void {
    if (names.length > MOST_NAMES) throw this.#tooMany();
    this.#take(1 + names.length);
  }

  #list(list: readonly unknown[], depth: number): unknown[] {
    this.#take(1 + list.length * A_PLAIN_ITEM);
    return Array.from(list, (item) => this.of(item, depth - 1));
  }

  #take(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw this.#tooMany();
  }

  #tooMany(): MedGemmaError {
    return new MedGemmaError("bad_option", `What was passed for ${this.name} holds more than can be meant.`, {
      facts: { option: this.name },
      remedy: `Pass plain values of the documented form for ${this.name}.`,
    });
  }
}
