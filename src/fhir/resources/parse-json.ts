import type { Steps } from "../../base/breather.js";

/** Characters that are parsed in one go. */
const PIECE = 65_536;
/** Containers in one another that are taken apart; what is deeper is parsed as a whole. */
const MAX_DEPTH = 20;
/** Signs of structure that are looked at in one go. */
const STEP = 5000;

/**
 * As `JSON.parse`, giving way between the pieces of a large text: the members of an object or a list are parsed some at a
 * time. Objects that are put together have no prototype.
 * @throws SyntaxError
 */
export function* parseSteps(text: string, depth = 0): Steps<unknown> {
  const opening = text.length <= PIECE || depth >= MAX_DEPTH ? undefined : /^[ \t\n\r]*[{[]/.exec(text)?.[0];
  if (opening === undefined) return JSON.parse(text) as unknown;
  const isList = opening.endsWith("[");
  const whole: unknown[] | Record<string, unknown> = isList
    ? []
    : (Object.create(null) as Record<string, unknown>);
  const put = (some: unknown) => {
    if (Array.isArray(whole)) for (const it of some as unknown[]) whole.push(it);
    else for (const [key, it] of Object.entries(some as object)) whole[key] = it;
  };
  let from = opening.length;
  for (const { start, colon, end, last } of members(text, opening.length)) {
    if (end < 0) {
      yield undefined;
      continue;
    }
    const isLarge = end - start > PIECE;
    if (end - from < PIECE && !last && !isLarge) continue;
    // The members before a large one are parsed without it.
    const stop = isLarge ? start - 1 : end;
    if (start > from || !isLarge) {
      const some = text.slice(from, stop);
      const isEmpty = last && !isLarge && start === opening.length;
      if (some.trim() === "" && !isEmpty) throw new SyntaxError("No member.");
      put(JSON.parse(isList ? `[${some}]` : `{${some}}`));
      yield undefined;
    }
    if (isLarge && isList) put([yield* parseSteps(text.slice(start, end), depth + 1)]);
    else if (isLarge) {
      const key = JSON.parse(`[${text.slice(start, Math.max(start, colon))}]`) as unknown[];
      if (key.length !== 1 || typeof key[0] !== "string") throw new SyntaxError("No name.");
      put({ __proto__: null, [key[0]]: yield* parseSteps(text.slice(colon + 1, end), depth + 1) });
    }
    from = end + 1;
    if (last && (text[end] !== (isList ? "]" : "}") || !/^[ \t\n\r]*$/.test(text.slice(end + 1))))
      throw new SyntaxError("Not ended.");
  }
  return whole;
}

interface Place {
  readonly start: number;
  /** Behind the name. */
  readonly colon: number;
  /** Of the comma or the bracket behind it; below zero where it is looked for still. */
  readonly end: number;
  readonly last: boolean;
}

/** Where the members of an object or a list begin and end. */
function* members(text: string, at: number): Generator<Place, void, void> {
  const structure = /["{}[\],:]/g;
  structure.lastIndex = at;
  let [start, colon, depth] = [at, -1, 0];
  for (let step = 1; ; step++) {
    if (step % STEP === 0) yield { start, colon, end: -1, last: false };
    const place = structure.exec(text)?.index;
    if (place === undefined) throw new SyntaxError("Not ended.");
    const sign = text[place];
    if (sign === '"') structure.lastIndex = stringEnd(text, place) + 1;
    else if (sign === "{" || sign === "[") depth++;
    else if (sign === ":") {
      if (depth === 0 && colon < 0) colon = place;
    } else if (sign === ",") {
      if (depth > 0) continue;
      yield { start, colon, end: place, last: false };
      start = place + 1;
      colon = -1;
    } else if (--depth < 0) {
      yield { start, colon, end: place, last: true };
      return;
    }
  }
}

/** The quotation mark that ends a string. */
function stringEnd(text: string, start: number): number {
  let end = start;
  let slashes = 0;
  do {
    end = text.indexOf('"', end + 1);
    if (end < 0) throw new SyntaxError("Not ended.");
    slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
  } while (slashes % 2 === 1);
  return end;
}
