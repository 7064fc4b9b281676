import { badOption } from "../errors.js";
import {
  isObject,
  type JsonObject,
  type JsonType,
  keywordsOf,
  refuseMisspelt,
  refuseUnheld,
  type SchemaPath,
  type Subject,
  unsupported,
} from "./schema-keywords.js";
import { resolveRef } from "./schema-refs.js";
import { MAX_ITEMS, MAX_LENGTH, typed } from "./schema-types.js";
import { disjoint, typeOf } from "./schema-unions.js";
import { checkValue } from "./schema-values.js";

export { MAX_ITEMS, MAX_LENGTH };

/** Every listed value is a branch that each token is tried on. */
export const MAX_VALUES = 500;
const MAX_DEPTH = 32;
/** Parts of a schema, each counted as often as references repeat it. */
const MAX_PARTS = 2000;
const TYPES: readonly string[] = ["null", "boolean", "integer", "number", "string", "array", "object"];
/** Rules of llama.cpp's own that a rule of ours would replace, because it forgets to look there. */
const RULES_OF_CONVERTER = new Set([
  ...["decimal-part", "integral-part", "date-time", "date-string", "time-string", "date-time-string"],
]);

/**
 * Refuses what llama.cpp's converter would accept without holding the answer to it.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported` with the path of the part in `facts.path`.
 */
export function checkSchema(schema: unknown): void {
  toGrammarSchema(schema);
}

/**
 * The schema as llama.cpp's converter shall read it, which every answer then fits: references put in place, patterns
 * in the converter's own dialect, ranges closed on both sides. Where the converter cannot do all that the schema
 * allows, it becomes narrower, never wider: objects that may have more properties than are named get none of those.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported` with the path of the part in `facts.path`.
 */
export function toGrammarSchema(schema: unknown): JsonObject {
  if (!isObject(schema)) throw badOption("jsonSchema", "a JSON schema object", schema);
  return new Conversion(schema).visit(schema, [], "");
}

export class Conversion {
  #parts = 0;
  readonly #open = new Set<unknown>();

  constructor(private readonly root: JsonObject) {}

  /** @param name The converter's name for the rule of this part. */
  visit(schema: unknown, path: SchemaPath, name: string): JsonObject {
    if (schema === true) return {};
    const keyword = String(path.at(-1) ?? "schema");
    if (schema === false) throw unsupported(path, keyword, "false allows no value");
    if (!isObject(schema)) throw unsupported(path, keyword, "it must be a schema");
    if (this.#open.has(schema)) {
      throw unsupported(
        path,
        keyword,
        "it contains itself, so that answers need not end; write out its depth",
      );
    }
    if (++this.#parts > MAX_PARTS) throw unsupported(path, keyword, `it has more than ${MAX_PARTS} parts`);
    if (this.#open.size >= MAX_DEPTH) {
      throw unsupported(path, keyword, `it is nested more than ${MAX_DEPTH} deep`);
    }
    const rule = name.replaceAll(/[^a-zA-Z0-9-]+/g, "-");
    if (rule !== name && RULES_OF_CONVERTER.has(rule)) {
      throw unsupported(path, keyword, `llama.cpp has a rule ${rule} of its own; choose another name`);
    }
    this.#open.add(schema);
    try {
      return this.#part(schema, path, name);
    } finally {
      this.#open.delete(schema);
    }
  }

  #part(schema: JsonObject, path: SchemaPath, name: string): JsonObject {
    refuseMisspelt(schema, path);
    refuseUnheld(schema, path, "any");
    if (schema.$ref !== undefined) {
      refuseBeside(schema, path, "$ref");
      const { target, at } = resolveRef(this.root, schema.$ref, path);
      return this.visit(target, at, name);
    }
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      if (schema[keyword] !== undefined) return this.#combination(schema, keyword, path, name);
    }
    if (schema.const !== undefined) {
      return listed(schema, [schema.const], "const", path);
    }
    if (schema.enum !== undefined) {
      const values = schema.enum;
      const here = [...path, "enum"];
      if (!Array.isArray(values) || values.length === 0) {
        throw unsupported(here, "enum", "it must be a list of values");
      }
      if (values.length > MAX_VALUES) {
        throw unsupported(here, "enum", `it has more than ${MAX_VALUES} values`);
      }
      return listed(schema, values, "enum", path);
    }
    return this.#byType(schema, path, name);
  }

  #combination(schema: JsonObject, keyword: string, path: SchemaPath, name: string): JsonObject {
    refuseBeside(schema, path, keyword);
    const here = [...path, keyword];
    const children = schema[keyword];
    if (!Array.isArray(children) || children.length === 0) {
      throw unsupported(here, keyword, "it must be a list of schemas");
    }
    if (children.length === 1) return this.visit(children[0], [...here, 0], name);
    if (keyword === "allOf") throw unsupported(here, keyword, "schemas are not merged; write it as one");
    if (children.length > MAX_VALUES) {
      throw unsupported(here, keyword, `it has more than ${MAX_VALUES} alternatives`);
    }
    const prefix = name === "" ? "alternative" : name;
    const anyOf = children.map((child, index) => this.visit(child, [...here, index], `${prefix}-${index}`));
    if (keyword === "oneOf") {
      const overlap = anyOf.some((a, index) => anyOf.slice(index + 1).some((b) => !disjoint(a, b)));
      if (overlap) {
        throw unsupported(
          here,
          keyword,
          "alternatives that one value may share cannot be told apart; use anyOf",
        );
      }
    }
    return { anyOf };
  }

  #byType(schema: JsonObject, path: SchemaPath, name: string): JsonObject {
    const { type } = schema;
    if (type === undefined) {
      const subject = impliedType(schema);
      if (subject !== undefined) return typed(this, schema, subject, path, name);
      const [keyword] = keywordsOf(schema);
      if (keyword !== undefined) throw unsupported([...path, keyword], keyword, "it needs a type beside it");
      return {};
    }
    const types = Array.isArray(type) ? type : [type];
    const here = [...path, "type"];
    if (types.length === 0 || !types.every((it) => TYPES.includes(it))) {
      throw unsupported(here, "type", `it must be of ${TYPES.join(", ")}`);
    }
    if (types.length === 1) return typed(this, schema, types[0] as JsonType, path, name);
    const prefix = name === "" ? "alternative" : name;
    return {
      anyOf: types.map((it: JsonType, index) => typed(this, schema, it, path, `${prefix}-${index}`)),
    };
  }
}

/** The type that the converter takes where none is named; one of several that the schema allows. */
function impliedType(schema: JsonObject): (Subject & JsonType) | undefined {
  const has = (...keywords: string[]) => keywords.some((keyword) => schema[keyword] !== undefined);
  if (has("properties") || ![undefined, true].includes(schema.additionalProperties as undefined)) {
    return "object";
  }
  if (has("items", "prefixItems")) return "array";
  return has("pattern", "format", "minLength", "maxLength") ? "string" : undefined;
}

/** The converter reads one of these and nothing else. */
function refuseBeside(schema: JsonObject, path: SchemaPath, keyword: string): void {
  const other = keywordsOf(schema).find((it) => it !== keyword);
  if (other === undefined) return;
  throw unsupported([...path, other], other, `it counts for nothing beside ${keyword}; write it inside`);
}

function listed(
  schema: JsonObject,
  values: readonly unknown[],
  keyword: string,
  path: SchemaPath,
): JsonObject {
  const here = [...path, keyword];
  const types = schema.type === undefined ? undefined : [schema.type].flat();
  const other = keywordsOf(schema).find((it) => it !== keyword && it !== "type");
  if (other !== undefined) {
    throw unsupported(
      [...path, other],
      other,
      `it counts for nothing beside ${keyword}; leave out the values`,
    );
  }
  for (const value of values) {
    checkValue(value, here, keyword);
    const fits = (type: unknown) => type === typeOf(value) || (type === "integer" && Number.isInteger(value));
    if (types !== undefined && !types.some(fits)) {
      throw unsupported(here, keyword, "a value is not of the type beside it");
    }
  }
  return { enum: values };
}
