import { table } from "../../base/table.js";
import { ASSERTED, IPV4 } from "./formats.js";
import type { Keywords, SchemaNode } from "./node.js";
import { type JsonPath, unsupported } from "./refusal.js";

/** The keywords of a node as they were found. */
type Found = Readonly<Record<string, unknown>>;

/** What older drafts say, and what nobody can follow, in the words of 2020-12. */
export function translated(found: Found, at: JsonPath): Keywords {
  for (const [keyword, why] of Object.entries(UNHELD)) {
    if (found[keyword] !== undefined && found[keyword] !== false)
      throw unsupported([...at, keyword], keyword, String(why));
  }
  const { items, additionalItems, prefixItems, dependencies, nullable: _nullable, ...rest } = found;
  const { $defs: _$defs, definitions: _definitions, $ref: _$ref, ...keywords } = rest;
  return definedOnly({
    ...withoutLone(keywords),
    ...ends(keywords, at),
    ...tuple(items, additionalItems, prefixItems, at),
    ...dependents(dependencies as Dependencies | undefined, keywords as Keywords),
    ...formatOf(keywords as Keywords, at),
  }) as Keywords;
}

const UNHELD: Found = {
  nullable: 'it is no keyword of JSON Schema; use "type": ["...", "null"]',
  $dynamicRef: "only $ref is followed",
  $recursiveRef: "only $ref is followed",
};

/** Consequences count only beside a condition. */
function withoutLone(found: Found): Found {
  const { then: _then, else: _otherwise, ...rest } = found;
  return found.if === undefined ? rest : found;
}

const definedOnly = (found: Found): Found =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));

/** In draft-04 an excluded end is a number and a flag beside it. */
function ends(found: Found, at: JsonPath): Found {
  const changed = table<unknown>();
  for (const [end, excluded] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    const flag = found[excluded];
    if (typeof flag !== "boolean") continue;
    if (flag && found[end] === undefined)
      throw unsupported([...at, excluded], excluded, `draft-04 wants ${end} beside it`);
    changed[excluded] = flag ? found[end] : undefined;
    if (flag) changed[end] = undefined;
  }
  return changed;
}

/** Until 2019-09 a list under `items` was what `prefixItems` is now, and `additionalItems` what `items` is. */
function tuple(items: unknown, additional: unknown, prefix: unknown, at: JsonPath): Found {
  if (!Array.isArray(items)) return { items, prefixItems: prefix };
  if (prefix !== undefined)
    throw unsupported([...at, "items"], "items", "it must be a schema beside prefixItems");
  return { prefixItems: items, items: additional };
}

type Dependencies = ReadonlyMap<string, SchemaNode | readonly string[]>;

/** `dependencies` is two keywords since 2019-09. */
function dependents(dependencies: Dependencies | undefined, keywords: Keywords): Keywords {
  if (dependencies === undefined) return {};
  const dependentRequired = new Map(keywords.dependentRequired);
  const dependentSchemas = new Map(keywords.dependentSchemas);
  for (const [name, part] of dependencies) {
    if (!("keywords" in part)) dependentRequired.set(name, [...(dependentRequired.get(name) ?? []), ...part]);
    else {
      const beside = dependentSchemas.get(name);
      const both = beside && { at: part.at, never: false, keywords: { allOf: [beside, part] } };
      dependentSchemas.set(name, both ?? part);
    }
  }
  return { dependentRequired, dependentSchemas };
}

/** Formats that nobody checks are annotations. */
function formatOf({ format, pattern, allOf = [] }: Keywords, at: JsonPath): Found {
  if (format === undefined || ASSERTED.has(format)) return {};
  if (format !== "ipv4") return { format: undefined };
  if (pattern === undefined) return { format: undefined, pattern: IPV4 };
  return { format: undefined, allOf: [...allOf, { at, never: false, keywords: { pattern: IPV4 } }] };
}
