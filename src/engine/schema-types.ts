import type { Conversion } from "./schema.js";
import {
  isObject,
  type JsonObject,
  type JsonType,
  keywordsOf,
  refuseUnheld,
  type SchemaPath,
  unsupported,
} from "./schema-keywords.js";
import { toGrammarPattern } from "./schema-pattern.js";
import { boundOf, checkText, countOf } from "./schema-values.js";

/** A grammar of llama.cpp repeats a character at most this often (MAX_REPETITION_THRESHOLD in llama-grammar.cpp). */
export const MAX_LENGTH = 2000;
/** The same limit for an element, which counts with its comma and space. */
export const MAX_ITEMS = 500;
/** The converter's work grows with the cube of the properties that may be missing. */
const MAX_PROPERTIES = 250;
/** Formats that the converter has rules for. */
const FORMATS = /^(?:date|time|date-time|uuid[1-5]?)$/;
/** 15 digits, where the schema names only one end of a range: llama.cpp's rules for open ranges are wrong in places. */
const OPEN_END = 999_999_999_999_999;

/** A schema of one type, its keywords for others aside: they speak of values that it does not allow. */
export function typed(
  conversion: Conversion,
  schema: JsonObject,
  type: JsonType,
  path: SchemaPath,
  name: string,
): JsonObject {
  switch (type) {
    case "string":
      return stringSchema(schema, path);
    case "integer":
      return integerSchema(schema, path);
    case "number":
      return numberSchema(schema, path);
    case "array":
      return arraySchema(conversion, schema, path, name);
    case "object":
      return objectSchema(conversion, schema, path, name);
    default:
      return { type };
  }
}

function stringSchema(schema: JsonObject, path: SchemaPath): JsonObject {
  const { pattern, format } = schema;
  const minLength = countOf(schema.minLength, path, "minLength") ?? 0;
  const maxLength = countOf(schema.maxLength, path, "maxLength");
  if (pattern !== undefined) {
    const other = keywordsOf(schema, "string").find((it) => it !== "pattern");
    if (other !== undefined) {
      throw unsupported(
        [...path, other],
        other,
        "it counts for nothing beside pattern; put it into the pattern",
      );
    }
    const here = [...path, "pattern"];
    if (typeof pattern !== "string") throw unsupported(here, "pattern", "it must be a string");
    const translated = toGrammarPattern(pattern, (why) => unsupported(here, "pattern", why));
    return translated === "" ? { enum: [""] } : { type: "string", pattern: `^${translated}$` };
  }
  if (format !== undefined) {
    if (typeof format !== "string" || !FORMATS.test(format)) {
      throw unsupported([...path, "format"], "format", "only date, time, date-time and uuid have rules");
    }
    const other = keywordsOf(schema, "string").find((it) => it !== "format");
    if (other !== undefined)
      throw unsupported([...path, other], other, "it counts for nothing beside format");
    return { type: "string", format };
  }
  checkOrder(minLength, maxLength, path, "minLength", "maxLength");
  if (minLength > MAX_LENGTH) {
    throw unsupported([...path, "minLength"], "minLength", `it must be at most ${MAX_LENGTH}`);
  }
  return {
    type: "string",
    ...(minLength > 0 && { minLength }),
    ...(maxLength !== undefined && { maxLength: Math.min(maxLength, MAX_LENGTH) }),
  };
}

function integerSchema(schema: JsonObject, path: SchemaPath): JsonObject {
  const { multipleOf, ...rest } = schema;
  refuseUnheld(multipleOf === 1 ? rest : schema, path, "number");
  const bound = (keyword: string) => boundOf(schema[keyword], path, keyword);
  const ends = {
    minimum: bound("minimum"),
    above: bound("exclusiveMinimum"),
    maximum: bound("maximum"),
    below: bound("exclusiveMaximum"),
  };
  if (Object.values(ends).every((end) => end === undefined)) return { type: "integer" };
  const least = Math.max(
    Math.ceil(ends.minimum ?? -Infinity),
    ends.above === undefined ? -Infinity : Math.floor(ends.above) + 1,
  );
  const most = Math.min(
    Math.floor(ends.maximum ?? Infinity),
    ends.below === undefined ? Infinity : Math.ceil(ends.below) - 1,
  );
  const keyword = keywordsOf(schema, "number")[0] ?? "minimum";
  const minimum = Math.max(least, least === -Infinity ? -OPEN_END : Number.MIN_SAFE_INTEGER);
  const maximum = Math.min(most, most === Infinity ? OPEN_END : Number.MAX_SAFE_INTEGER);
  if (minimum > maximum) throw unsupported([...path, keyword], keyword, "no number is within the bounds");
  return { type: "integer", minimum, maximum };
}

function numberSchema(schema: JsonObject, path: SchemaPath): JsonObject {
  refuseUnheld(schema, path, "number");
  const [keyword] = keywordsOf(schema, "number");
  if (keyword !== undefined) {
    throw unsupported([...path, keyword], keyword, "only integers have ranges; check the number afterwards");
  }
  return { type: "number" };
}

function arraySchema(conversion: Conversion, schema: JsonObject, path: SchemaPath, name: string): JsonObject {
  refuseUnheld(schema, path, "array");
  const minItems = countOf(schema.minItems, path, "minItems") ?? 0;
  const maxItems = countOf(schema.maxItems, path, "maxItems");
  checkOrder(minItems, maxItems, path, "minItems", "maxItems");
  const inside = (part: string) => (name === "" ? part : `${name}-${part}`);
  const tuple = schema.prefixItems !== undefined ? "prefixItems" : Array.isArray(schema.items) && "items";
  if (tuple) {
    const items = schema[tuple];
    const here = [...path, tuple];
    if (!Array.isArray(items)) throw unsupported(here, tuple, "it must be a list of schemas");
    // Elements beyond those that are named are allowed, not demanded: the grammar has none.
    if (minItems > items.length) {
      throw unsupported([...path, "minItems"], "minItems", `only the elements named in ${tuple} are written`);
    }
    if (maxItems !== undefined && maxItems < items.length) {
      throw unsupported([...path, "maxItems"], "maxItems", `all elements named in ${tuple} are written`);
    }
    return {
      type: "array",
      prefixItems: items.map((item, index) =>
        conversion.visit(item, [...here, index], inside(`tuple-${index}`)),
      ),
    };
  }
  if (minItems > MAX_ITEMS)
    throw unsupported([...path, "minItems"], "minItems", `it must be at most ${MAX_ITEMS}`);
  const none = schema.items === false || maxItems === 0;
  if (none && minItems > 0) throw unsupported([...path, "minItems"], "minItems", "no element is allowed");
  if (none) return { type: "array", prefixItems: [] };
  return {
    type: "array",
    items: conversion.visit(schema.items ?? true, [...path, "items"], inside("item")),
    ...(minItems > 0 && { minItems }),
    ...(maxItems !== undefined && { maxItems: Math.min(maxItems, MAX_ITEMS) }),
  };
}

function objectSchema(
  conversion: Conversion,
  schema: JsonObject,
  path: SchemaPath,
  name: string,
): JsonObject {
  refuseUnheld(schema, path, "object");
  const { properties, required = [], additionalProperties: more } = schema;
  refuseNames(schema, path);
  const inside = (part: string) => (name === "" ? part : `${name}-${part}`);
  if (properties !== undefined && !isObject(properties)) {
    throw unsupported([...path, "properties"], "properties", "it must be an object");
  }
  if (!Array.isArray(required)) throw unsupported([...path, "required"], "required", "it must be a list");
  const names = Object.keys(properties ?? {}).filter((it) => properties?.[it] !== undefined);
  if (required.some((it) => !names.includes(it))) {
    throw unsupported([...path, "required"], "required", "it names a property that is not in properties");
  }
  if (names.length > MAX_PROPERTIES) {
    throw unsupported([...path, "properties"], "properties", `it has more than ${MAX_PROPERTIES}`);
  }
  if (names.length === 0) {
    if (more === false || (properties !== undefined && more === undefined)) {
      return { type: "object", properties: {} };
    }
    const value = conversion.visit(
      more ?? true,
      [...path, "additionalProperties"],
      inside("additional-value"),
    );
    return { type: "object", additionalProperties: value };
  }
  // Properties beyond those that are named are allowed, not demanded: the grammar has none.
  return {
    type: "object",
    properties: Object.fromEntries(
      names.map((it) => {
        const here = [...path, "properties", it];
        checkText(it, here, it);
        if (it === "") throw unsupported(here, "properties", "a property needs a name");
        return [it, conversion.visit(properties?.[it], here, inside(it))];
      }),
    ),
    required,
    additionalProperties: false,
  };
}

/** Names of further properties may be any text, which is all that the converter knows of them. */
function refuseNames(schema: JsonObject, path: SchemaPath): void {
  const { propertyNames: names } = schema;
  if (names === undefined || names === true) return;
  const onlyStrings =
    isObject(names) && keywordsOf(names).every((it) => it === "type" && names[it] === "string");
  if (onlyStrings) return;
  throw unsupported(
    [...path, "propertyNames"],
    "propertyNames",
    "names are not held back; list the properties",
  );
}

function checkOrder(
  least: number,
  most: number | undefined,
  path: SchemaPath,
  leastKeyword: string,
  mostKeyword: string,
): void {
  if (most === undefined || least <= most) return;
  throw unsupported([...path, leastKeyword], leastKeyword, `it is greater than ${mostKeyword}`);
}
