import type { JsonType } from "./keywords.js";
import { JSON_TYPES, KEYWORDS } from "./keywords.js";
import type { Keywords, SchemaNode } from "./node.js";

/** More ways than these are not told apart; what they ask is checked afterwards. */
const MAX_WAYS = 500;
/** Nor more combinations of choices that have nothing to do with each other. */
const MAX_COMBINATIONS = 64;

/** Keywords that hold for one value all together: nodes without references and branches. */
export type Together = ReadonlySet<SchemaNode>;

/** One of these, and whether there is another choice beside it. */
interface Choice {
  readonly branches: readonly SchemaNode[];
  readonly combines: boolean;
}

/** Nodes that hold together, and the choices that are still open. */
interface Open {
  readonly nodes: Set<SchemaNode>;
  readonly choices: readonly Choice[];
}

/**
 * The ways in which a value can fit all of the nodes: references and `allOf` are put in, `anyOf` and the like are
 * branches. Every value that fits follows one of the ways; that some of these values do not fit (`not`, the "exactly
 * one" of `oneOf`, an `else` without its condition) is for the check.
 */
export function alternatives(nodes: readonly SchemaNode[]): Together[] {
  const ways: Together[] = [];
  /** @returns how many ways of `room` it took. */
  const visit = ({ nodes: held, choices }: Open, combinations: number, room: number): number => {
    if ([...held].some(({ never }) => never)) return 0;
    const chosen = choices.find(
      ({ branches, combines }) =>
        branches.length <= room && (!combines || combinations * branches.length <= MAX_COMBINATIONS),
    );
    if (chosen === undefined) {
      ways.push(held);
      return 1;
    }
    const { branches } = chosen;
    const others = choices.filter((it) => it !== chosen);
    let left = room;
    for (const [index, branch] of branches.entries()) {
      const more = flattened([branch], held);
      // One way at least for each branch to come.
      const own = left - (branches.length - 1 - index);
      const open = { nodes: more.nodes, choices: [...more.choices, ...others] };
      left -= visit(open, combinations * branches.length, own);
    }
    return room - left;
  };
  visit(flattened(nodes, new Set()), 1, MAX_WAYS);
  return ways;
}

/** The nodes with all that holds together with them, and the choices that they bring. */
function flattened(nodes: readonly SchemaNode[], known: ReadonlySet<SchemaNode>): Open {
  const all = new Set(known);
  const choices: (readonly SchemaNode[])[] = [];
  const add = (node: SchemaNode): void => {
    if (all.has(node)) return;
    all.add(node);
    const { $ref, allOf = [] } = node.keywords;
    for (const part of $ref === undefined ? allOf : [$ref, ...allOf]) add(part);
    choices.push(...choicesOf(node));
  };
  nodes.forEach(add);
  return { nodes: all, choices: choices.map((branches, index) => ({ branches, combines: index > 0 })) };
}

function choicesOf({ at, keywords }: SchemaNode): (readonly SchemaNode[])[] {
  const node = (more: Keywords): SchemaNode => ({ at, never: false, keywords: more });
  const all = (...parts: (SchemaNode | undefined)[]) =>
    node({ allOf: parts.filter((it) => it !== undefined) });
  const {
    anyOf,
    oneOf,
    if: condition,
    then,
    else: otherwise,
    dependentSchemas,
    dependentRequired,
  } = keywords;
  const choices: (readonly SchemaNode[])[] = [anyOf, oneOf].filter((it) => it !== undefined);
  if (condition !== undefined && (then !== undefined || otherwise !== undefined))
    choices.push([all(condition, then), all(otherwise)]);
  const without = (name: string) =>
    node({ properties: new Map([[name, { at, never: true, keywords: {} }]]) });
  for (const [name, schema] of dependentSchemas ?? []) {
    choices.push([all(node({ required: [name] }), schema), without(name)]);
  }
  for (const [name, names] of dependentRequired ?? []) {
    choices.push([node({ required: [name, ...names] }), without(name)]);
  }
  return choices;
}

/** The types that a value may have. Without `type`, those that the keywords speak of: whoever names properties means an object. */
export function typesOf(nodes: Together): JsonType[] {
  const stated = [...nodes].flatMap(({ keywords: { type } }) => (type === undefined ? [] : [type]));
  const spoken = new Set(
    [...nodes].flatMap(({ keywords }) => Object.keys(keywords).map((name) => KEYWORDS.get(name)?.subject)),
  );
  const meant = (["string", "number", "array", "object"] as const).filter((type) => spoken.has(type));
  if (stated.length === 0 && meant.length > 0) return meant;
  return JSON_TYPES.filter((type) => stated.every((types) => allows(types, type)) && !isDouble(type, stated));
}

function allows(types: readonly JsonType[], type: JsonType): boolean {
  return types.includes(type) || (type === "integer" && types.includes("number"));
}

/** `number` has the whole numbers already. */
function isDouble(type: JsonType, stated: readonly (readonly JsonType[])[]): boolean {
  return type === "integer" && stated.every((types) => types.includes("number"));
}
