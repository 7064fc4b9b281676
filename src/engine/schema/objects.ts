import { MAX_ITEMS } from "./arrays.js";
import { otherNames, quoted, written } from "./chars.js";
import type { Compiling } from "./compiling.js";
import { around, COMMA, pair } from "./literals.js";
import type { Keywords, SchemaNode } from "./node.js";
import { patternRule } from "./pattern.js";
import { call, choice, EMPTY, NEVER, optional, type Rule, repeat, sequence } from "./rules.js";

/**
 * Objects of all of the keywords: the named properties in the order of the schema, then others, where the schema says
 * what those are (`additionalProperties` with a schema, `patternProperties`), has named none, or asks for more
 * properties than it names.
 */
export function objects(compiler: Compiling, all: readonly Keywords[]): Rule {
  const least = Math.max(0, ...all.map(({ minProperties = 0 }) => minProperties));
  const most = Math.min(...all.map(({ maxProperties = Infinity }) => maxProperties));
  const required = new Set(all.flatMap((it) => it.required ?? []));
  const names = namesOf(all, required);
  compiler.matches.learn(names, patternsOf(all));
  const pairs: Named[] = [];
  for (const name of names) {
    const nodes = propertyNodes(compiler, all, name);
    const never = nodes.some((node) => node.never) || !mayBeNamed(all, name);
    if (never && required.has(name)) return NEVER;
    if (!never) {
      pairs.push({ rule: pair(quoted(written(name)), compiler.value(nodes)), needed: required.has(name) });
    }
  }
  if (required.size > most) return NEVER;
  // With no room beyond them, only the needed ones; with none to spare, all.
  const kept = pairs.filter(({ needed }) => needed || required.size < most);
  const others = othersOf(compiler, all, names, least > kept.length);
  const fewest = Math.max(0, least - kept.length);
  if (fewest > 0 && (others === undefined || fewest > MAX_ITEMS)) return NEVER;
  const all_ = kept.length <= least ? kept.map(({ rule }) => ({ rule, needed: true })) : kept;
  const room = Math.min(MAX_ITEMS, most - required.size);
  return around("{", "}", members(compiler, all_, others ?? NEVER, fewest, others ? room : 0, most));
}

interface Named {
  readonly rule: Rule;
  readonly needed: boolean;
}

/** All names that the keywords know, in their order. */
function namesOf(all: readonly Keywords[], required: ReadonlySet<string>): string[] {
  const listed = all.flatMap(({ propertyNames }) => propertyNames?.keywords.enum ?? []);
  const known = all.flatMap(({ properties }) => [...(properties?.keys() ?? [])]);
  return [...new Set([...known, ...required, ...listed.filter((it) => typeof it === "string")])];
}

/** Whether `propertyNames` lists names, and not this one. */
function mayBeNamed(all: readonly Keywords[], name: string): boolean {
  return all.every(({ propertyNames }) => {
    const names = propertyNames?.keywords.enum;
    return propertyNames?.never !== true && (names === undefined || names.includes(name));
  });
}

const patternsOf = (all: readonly Keywords[]) =>
  new Set(all.flatMap(({ patternProperties }) => [...(patternProperties?.keys() ?? [])]));

/** What the keywords ask of a property of this name. */
function propertyNodes({ matches }: Compiling, all: readonly Keywords[], name: string): SchemaNode[] {
  const known = all.map((keywords) => own(keywords, (pattern) => matches.has(pattern, name), name));
  return withUnevaluated(all, known);
}

/** Of a property whose name matches this pattern, or, without one, any name that is not known. */
function otherNodes(all: readonly Keywords[], pattern: string | undefined): SchemaNode[] {
  const known = all.map((keywords) => own(keywords, (it) => it === pattern));
  return withUnevaluated(all, known);
}

function own(
  { properties, patternProperties, additionalProperties }: Keywords,
  matches: (pattern: string) => boolean,
  name?: string,
): SchemaNode[] {
  const named = name === undefined ? undefined : properties?.get(name);
  const matched = [...(patternProperties ?? [])]
    .filter(([pattern]) => matches(pattern))
    .map(([, node]) => node);
  const found = named === undefined ? matched : [named, ...matched];
  return found.length === 0 && additionalProperties !== undefined ? [additionalProperties] : found;
}

function withUnevaluated(all: readonly Keywords[], known: readonly (readonly SchemaNode[])[]): SchemaNode[] {
  const found = known.flat();
  if (found.length > 0) return found;
  return all.flatMap(({ unevaluatedProperties }) => unevaluatedProperties ?? []);
}

/** A property whose name is not among the given; undefined where there shall be none. */
function othersOf(
  compiler: Compiling,
  all: readonly Keywords[],
  names: readonly string[],
  wanted: boolean,
): Rule | undefined {
  const nameless = names.length === 0 && all.every(({ properties }) => properties === undefined);
  const told = all.some(
    ({ additionalProperties, unevaluatedProperties }) =>
      says(additionalProperties) || says(unevaluatedProperties),
  );
  const limits = all.flatMap(({ propertyNames }) => propertyNames ?? []);
  if (limits.some((node) => node.never || node.keywords.enum !== undefined)) return undefined;
  const anyName = limits.length > 0 ? compiler.value([...limits, STRING]) : quoted(otherNames(names));
  const rules = [...patternsOf(all)].map((pattern) => {
    const name = patternRule(pattern);
    return member(compiler, name === undefined ? anyName : quoted(name), otherNodes(all, pattern));
  });
  if (nameless || told || wanted) rules.push(member(compiler, anyName, otherNodes(all, undefined)));
  const rule = choice(...rules);
  return rule.kind === "choice" && rule.of.length === 0 ? undefined : rule;
}

const STRING: SchemaNode = { at: [], never: false, keywords: { type: ["string"] } };
const says = (node: SchemaNode | undefined) => node !== undefined && Object.keys(node.keywords).length > 0;

function member(compiler: Compiling, name: Rule, nodes: readonly SchemaNode[]): Rule {
  return nodes.some(({ never }) => never) ? NEVER : pair(name, compiler.value(nodes));
}

/** The members with their commas, which depend on whether one has come before. */
function members(
  { grammar }: Compiling,
  named: readonly Named[],
  other: Rule,
  fewest: number,
  room: number,
  most: number,
): Rule {
  const end = call("space");
  const unlimited = most === Infinity;
  const more = room > 0 ? repeat(sequence(COMMA, other), fewest, unlimited ? Infinity : room) : EMPTY;
  let later: Rule = sequence(more, end);
  const firstOther = sequence(
    other,
    repeat(sequence(COMMA, other), Math.max(0, fewest - 1), unlimited ? Infinity : Math.max(0, room - 1)),
    end,
  );
  let first: Rule = room > 0 ? (fewest > 0 ? firstOther : choice(EMPTY, firstOther)) : EMPTY;
  for (const { rule, needed } of named.toReversed()) {
    const names = { first: grammar.newName(), later: grammar.newName() };
    grammar.define(names.first, first);
    grammar.define(names.later, later);
    const begun = sequence(rule, call(names.later));
    first = needed ? begun : choice(begun, call(names.first));
    later = sequence(needed ? sequence(COMMA, rule) : optional(sequence(COMMA, rule)), call(names.later));
  }
  return first;
}
