import type { Compiling } from "./compiling.js";
import { around, COMMA } from "./literals.js";
import type { Keywords, SchemaNode } from "./node.js";
import { call, choice, EMPTY, isNever, NEVER, type Rule, repeat, sequence } from "./rules.js";

/** A grammar of llama.cpp has at most 2000 rules in a group; an element counts with its comma and spaces. */
export const MAX_ITEMS = 500;

/**
 * Lists of all of the keywords. The elements that `prefixItems` names are written, all of them; further ones only where
 * `items` says what they are.
 */
export function arrays(compiler: Compiling, all: readonly Keywords[]): Rule {
  const named = Math.max(0, ...all.map(({ prefixItems = [] }) => prefixItems.length));
  const least = Math.max(0, ...all.map(({ minItems = 0 }) => minItems));
  let most = Math.min(...all.map(({ maxItems = Infinity }) => maxItems));
  const first: Rule[] = [];
  for (let index = 0; index < Math.min(named, most); index++) {
    const rule = compiler.value(itemsAt(all, index));
    if (itemsAt(all, index).some(({ never }) => never)) most = index;
    else first.push(rule);
  }
  const others = itemsAt(all, named);
  const closed = others.some(({ never }) => never);
  if (closed) most = Math.min(most, named);
  const told = others.some(({ keywords }) => Object.keys(keywords).length > 0);
  // What is not described comes only where the list would be too short without.
  const further = named === 0 || told || least > named;
  if (!further) most = Math.min(most, Math.max(named, least));
  if (least > most || least > MAX_ITEMS || all.some(asksForNothing)) return NEVER;
  return listOf(first, compiler.value(others), least, most);
}

/** An element that no value can be. */
function asksForNothing({ contains, minContains = 1 }: Keywords): boolean {
  return contains?.never === true && minContains > 0;
}

/** What the keywords ask of the element at a place. */
function itemsAt(all: readonly Keywords[], index: number): SchemaNode[] {
  const covered = all.some(
    ({ prefixItems = [], items }) => items !== undefined || index < prefixItems.length,
  );
  return all.flatMap(({ prefixItems = [], items, unevaluatedItems }) => {
    const own = prefixItems[index] ?? items;
    const rest = covered ? undefined : unevaluatedItems;
    return [own, rest].filter((it) => it !== undefined);
  });
}

/** The first elements as they are named, all of them where there is room; then others. */
function listOf(first: readonly Rule[], other: Rule, least: number, most: number): Rule {
  const written = first.slice(0, most);
  const [head, ...tail] = written;
  const [fewest, room] = [Math.max(0, least - written.length), Math.min(most, MAX_ITEMS) - written.length];
  if (head !== undefined) {
    const named = sequence(head, ...tail.flatMap((it) => [COMMA, it]));
    const others =
      room > 0 ? repeat(sequence(COMMA, other), fewest, most === Infinity ? Infinity : room) : EMPTY;
    return around("[", "]", sequence(named, others, call("space")));
  }
  if (most === 0) return around("[", "]", EMPTY);
  const atLeastOne = sequence(
    other,
    repeat(sequence(COMMA, other), Math.max(0, least - 1), most === Infinity ? Infinity : room - 1),
    call("space"),
  );
  const inside = isNever(other) ? NEVER : atLeastOne;
  return around("[", "]", least > 0 ? inside : choice(EMPTY, inside));
}
