import { types } from "node:util";
import { type JsonPath, unsupported } from "../../../engine/schema/refusal.js";

/** Names and elements in all: ten for each part that a schema may have, annotations and unknown words too. */
export const MOST_COPIED = 50_000;
const DEEPEST = 500;

/**
 * A schema as plain JSON of our own, each part once, also where it stands at several places or contains itself: the reader
 * refuses that. What is too much is not read to its end.
 * @throws MedGemmaError `grammar_unsupported`, and what the caller's getters throw.
 */
export function copyOf(schema: object): object {
  const copies = new Map<object, unknown>();
  const path: (string | number)[] = [];
  let left = MOST_COPIED;
  const take = (count: number) => {
    left -= count;
    if (left < 0) throw tooMuch(path, `it has more than ${MOST_COPIED} names and elements`);
  };

  const copy = (part: unknown): unknown => {
    if (part === null || typeof part !== "object") return part;
    if (copies.has(part)) return copies.get(part);
    if (path.length > DEEPEST) throw tooMuch(path, `it is nested more than ${DEEPEST} deep`);
    if (Array.isArray(part)) return list(part);
    if (ArrayBuffer.isView(part)) throw tooMuch(path, "bytes are no JSON");
    return named(part);
  };

  const list = (part: readonly unknown[]): unknown[] => {
    const { length } = part;
    take(length);
    const made: unknown[] = [];
    copies.set(part, made);
    for (let index = 0; index < length; index++) made.push(inside(index, part[index]));
    return made;
  };

  const named = (part: object): object => {
    // A proxy is asked for each by itself whether it is enumerable; of others those are found sooner.
    take((types.isProxy(part) ? Reflect.ownKeys(part) : Object.keys(part)).length);
    const made = {};
    copies.set(part, made);
    for (const [name, value] of Object.entries(part)) {
      // As an own property, `__proto__` too.
      Object.defineProperty(made, name, {
        value: inside(name, value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return made;
  };

  const inside = (step: string | number, value: unknown): unknown => {
    path.push(step);
    const made = copy(value);
    path.pop();
    return made;
  };

  return copy(schema) as object;
}

/** The path may itself be what is too much. */
function tooMuch(path: JsonPath, why: string): Error {
  return unsupported(path.slice(0, 1), String(path[0] ?? "schema").slice(0, 100), why);
}
