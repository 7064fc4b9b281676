import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import { isObject } from "../../base/guards.js";
import { MatchTime } from "./match-time.js";
import type { SchemaNode } from "./node.js";
import { inTime, searched, unusablePattern } from "./patterns.js";
import { partsOf, readSchema } from "./read.js";
import { type JsonPath, toPointer, unsupported } from "./refusal.js";

/** Why a value is none of a schema. */
export interface Misfit {
  /** Where in the value, as a JSON pointer; names that are not of the schema are written `*`. */
  readonly path: string;
  /** Which keyword of the schema it does not fit. */
  readonly keyword: string;
}

/** Levels of a value; the check takes some room of the stack for each. */
const MAX_DEPTH = 128;

/** Milliseconds that a check may hold the event loop: 100,000 numbers take half of it. */
const CHECKED_FOR = 50;

/** Says of a value what is wrong with it first, or nothing. */
export type Check = (value: unknown) => Misfit | undefined;

/**
 * The whole check of a JSON schema, of what a grammar holds and what it does not. Formats are asserted as
 * docs/structured-output.md says.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`; the check itself `grammar_unsupported`, where it takes too long.
 */
export function toCheck(schema: unknown): Check {
  const root = readSchema(schema);
  const validator = new Validator(plainSchema(root), "2020-12", false);
  const tell = toTell(root);
  const hasPatterns = [...nodesOf(root)].some((it) => it.keywords.pattern ?? it.keywords.patternProperties);
  const hasSets = [...nodesOf(root)].some((it) => it.keywords.uniqueItems);
  return (value) => {
    const path = unwritable(value, []);
    if (path !== undefined) return { path: tell(path.slice(0, MAX_DEPTH), value), keyword: "type" };
    const misfit = inTime(
      hasPatterns && !hasSets ? unusablePattern : unchecked,
      new MatchTime(CHECKED_FOR),
      () => {
        const { valid, errors } = validator.validate(value);
        return valid ? undefined : innermost(errors);
      },
    );
    return misfit && { path: tell(misfit.steps, value), keyword: misfit.keyword };
  };
}

/** Each element of `uniqueItems` is compared with each other. */
const unchecked = (path: JsonPath) =>
  unsupported(path, "schema", "checking this answer takes too long", {
    reason: "time",
    remedy:
      "Bound the lists of the schema (maxItems), those with uniqueItems first, and write patterns that do not try the same letters in many ways.",
  });

/** The pointer of a place in a value. */
type Tell = (steps: readonly string[], value: unknown) => string;

/** How a place in values of a schema is told: see {@link Misfit}. */
export function pathsOf(schema: unknown): Tell {
  return toTell(readSchema(schema));
}

/**
 * A number too large for JSON's reader becomes none that JSON can write. What is nested beyond all measure (only a schema
 * of anything, or one that refers to itself, lets it) is as little of use.
 */
function unwritable(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : path;
  if (value === null || typeof value !== "object") return undefined;
  if (path.length > MAX_DEPTH) return path;
  for (const [name, part] of Object.entries(value)) {
    const found = unwritable(part, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The innermost error: the others follow from it. */
function innermost(errors: readonly OutputUnit[]): { steps: readonly string[]; keyword: string } {
  let deepest = -1;
  let place: string | undefined;
  for (const { instanceLocation } of errors) {
    const depth = instanceLocation.split("/").length;
    if (depth > deepest) [deepest, place] = [depth, instanceLocation];
  }
  const error = errors.findLast(({ instanceLocation }) => instanceLocation === place);
  if (error === undefined) return { steps: [], keyword: "schema" };
  const places = error.instanceLocation.split("/").slice(1);
  const steps = places.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { steps, keyword: error.keyword };
}

/** A name that is not of the schema is of the answer, and may tell whom it is about: one of digits, too. */
function toTell(root: SchemaNode): Tell {
  const names = new Set<string>();
  for (const { keywords } of nodesOf(root)) {
    const listed = keywords.propertyNames?.keywords.enum ?? [];
    for (const name of [...(keywords.properties?.keys() ?? []), ...(keywords.required ?? []), ...listed]) {
      names.add(String(name));
    }
  }
  return (steps, value) => {
    let at = value;
    return toPointer(
      steps.map((step) => {
        const isIndex = Array.isArray(at) && /^\d+$/.test(step);
        at = isIndex || isObject(at) ? (at as Readonly<Record<string, unknown>>)[step] : undefined;
        return isIndex || names.has(step) ? step : "*";
      }),
    );
  };
}

function nodesOf(root: SchemaNode): Set<SchemaNode> {
  const nodes = new Set([root]);
  for (const { keywords } of nodes) for (const part of partsOf(keywords)) nodes.add(part);
  return nodes;
}

/** The schema as JSON again, in the words of 2020-12: what stands at several places is in `$defs`. */
function plainSchema(root: SchemaNode): Schema {
  const targets = new Map<SchemaNode, string>();
  const once = new Set<SchemaNode>([root]);
  for (const { keywords } of nodesOf(root)) {
    for (const part of partsOf(keywords)) {
      const again = once.has(part) || part === keywords.$ref;
      if (again && !targets.has(part)) targets.set(part, `target${targets.size}`);
      once.add(part);
    }
  }
  const place = (node: SchemaNode): unknown => {
    const target = targets.get(node);
    return target === undefined ? plain(node) : { $ref: `#/$defs/${target}` };
  };
  const plain = ({ never, keywords }: SchemaNode): Schema | boolean =>
    never
      ? false
      : Object.fromEntries(
          Object.entries(keywords).map(([name, value]) => [name, written(name, value, place)]),
        );
  const $defs = Object.fromEntries([...targets].map(([node, name]) => [name, plain(node)]));
  const whole = place(root);
  return { ...(isObject(whole) ? whole : { not: {} }), $defs };
}

function written(name: string, value: unknown, place: (node: SchemaNode) => unknown): unknown {
  if (name === "enum" || name === "const" || value === null) return value;
  if (name === "$ref") return (place(value as SchemaNode) as { readonly $ref: string }).$ref;
  if (name === "pattern") return searched(String(value));
  if (value instanceof Map) {
    const keyOf = (key: string) => (name === "patternProperties" ? searched(key) : key);
    return Object.fromEntries(
      [...value].map(([key, part]) => [keyOf(key), Array.isArray(part) ? part : place(part as SchemaNode)]),
    );
  }
  if (Array.isArray(value))
    return value.map((part) => (isObject(part) ? place(part as unknown as SchemaNode) : part));
  return isObject(value) ? place(value as unknown as SchemaNode) : value;
}
