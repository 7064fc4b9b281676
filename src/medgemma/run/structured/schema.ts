import { atOnce } from "../../../base/callback.js";
import { badOption, MedGemmaError } from "../../../base/errors.js";
import { table } from "../../../base/table.js";
import { KEYWORDS } from "../../../engine/schema/keywords.js";
import { checkSchema } from "../../../engine/schema/schema.js";
import { copyOf } from "./schema-copy.js";
import { isStandardSchema, type StandardSchema } from "./standard.js";

const TARGETS = ["draft-2020-12", "draft-07"];
const BESIDE = "Pass its JSON schema beside it: { schema, jsonSchema }.";

/**
 * What to do with schemas of libraries that validate, but do not say their JSON schema themselves. By the vendor's name in
 * the Standard Schema.
 */
const REMEDIES: Readonly<Record<string, string>> = table({
  zod: `Use zod 4 (also as "zod/v4" in zod 3.25), or make the JSON schema with zod-to-json-schema. ${BESIDE}`,
  valibot: `Wrap it: schema: toStandardJsonSchema(...) of @valibot/to-json-schema, or make the JSON schema with toJsonSchema of the same package. ${BESIDE}`,
  arktype: `Use arktype 2.1.28 or later. ${BESIDE}`,
  effect: `Make the JSON schema with JSONSchema.make. ${BESIDE}`,
  typebox: "A schema of TypeBox is JSON schema: pass it as it is.",
});

/**
 * The JSON schema that holds the answer: the one given beside the schema, the schema itself, or what it says of
 * itself. Checked, and a copy: it is read again with the answer, when its owner may have changed it.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`.
 */
export function toJsonSchema(schema: unknown, jsonSchema: unknown): object {
  const option = jsonSchema === undefined ? "schema" : "jsonSchema";
  return readable(option, () => {
    const describesItself = jsonSchema === undefined && isStandardSchema(schema);
    const found = describesItself ? ofStandardSchema(schema) : (jsonSchema ?? schema);
    if (isZod3(found)) throw undescribed("zod");
    if (!isPlainObject(found)) {
      throw badOption(option, "a JSON schema object, or a schema of a library with Standard Schema,", found);
    }
    const copied = copyOf(found);
    const copy = describesItself ? withoutFormats(copied) : copied;
    if (isWrapper(copy)) throw wrapped();
    checkSchema(copy);
    return copy;
  });
}

/**
 * Reads a caller's object, whose getters and traps may throw.
 * @throws MedGemmaError `bad_option`.
 */
export function readable<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (MedGemmaError.isInstance(cause)) throw cause;
    throw new MedGemmaError("bad_option", `The ${option} cannot be read: it throws when it is looked at.`, {
      facts: { option },
      remedy:
        "Pass plain JSON schema, without getters, proxies and the like: JSON.parse(JSON.stringify(...)).",
      cause,
    });
  }
}

/**
 * Something that holds a schema, such as OpenAI's `{ name, strict, schema }`: words of its own and no keyword that holds
 * an answer. As a schema it would let any answer pass.
 */
function isWrapper(found: object): boolean {
  const subjects = Object.keys(found).map((word) => KEYWORDS.get(word)?.subject);
  return (
    subjects.includes(undefined) && subjects.every((subject) => subject === undefined || subject === "none")
  );
}

function wrapped(): MedGemmaError {
  return new MedGemmaError("bad_option", "No word of this schema says what an answer is: any would fit it.", {
    facts: { option: "schema" },
    remedy:
      "Pass the JSON schema itself, as `schema`, not an object that holds it; a library's schema and its JSON schema are two options, `schema` and `jsonSchema`.",
  });
}

/** Instances of classes are schemas of some library, which look like JSON schema without keywords. */
function isPlainObject(value: unknown): value is object {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  // Of another realm (vm, worker), Object is another one.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Before 3.24 it knew nothing of the Standard Schema. */
function isZod3(value: unknown): boolean {
  const { _def: definition } = (value ?? {}) as { _def?: { typeName?: unknown } };
  return typeof definition?.typeName === "string" && definition.typeName.startsWith("Zod");
}

function ofStandardSchema(schema: StandardSchema): unknown {
  const { vendor, jsonSchema } = schema["~standard"];
  const own = schema as Partial<Record<"toJSONSchema" | "toJsonSchema", (options?: object) => unknown>>;
  if (typeof jsonSchema?.input === "function") {
    return describe(vendor, TARGETS, (target) => jsonSchema.input({ target }));
  }
  if (vendor === "zod" && typeof own.toJSONSchema === "function") {
    return describe(vendor, TARGETS.slice(0, 1), () => own.toJSONSchema?.({ io: "input" }));
  }
  if (typeof own.toJsonSchema === "function") {
    return describe(vendor, TARGETS.slice(0, 1), () => own.toJsonSchema?.());
  }
  throw undescribed(vendor);
}

function undescribed(vendor: string): MedGemmaError {
  return new MedGemmaError("bad_option", `This schema of ${vendor} does not say its JSON schema.`, {
    facts: { option: "schema", vendor },
    remedy: REMEDIES[vendor] ?? BESIDE,
  });
}

/** The first of the targets that the library can write. */
function describe(vendor: string, targets: readonly string[], write: (target: string) => unknown): unknown {
  let cause: unknown;
  for (const target of targets) {
    try {
      const written = atOnce(write(target));
      if (isPlainObject(written)) return written;
    } catch (error) {
      cause ??= error;
    }
  }
  throw new MedGemmaError("grammar_unsupported", `${vendor} cannot write the schema as JSON schema.`, {
    facts: { path: "", vendor },
    remedy: BESIDE,
    cause,
  });
}

/**
 * Where a library writes both, the pattern says what it means by the format: zod's times have no zone. Changes the schema,
 * which is a copy.
 */
function withoutFormats(schema: object): object {
  const parts = new Set<object>([schema]);
  for (const part of parts) {
    const words = part as Record<string, unknown>;
    if (typeof words.pattern === "string" && typeof words.format === "string") delete words.format;
    for (const [keyword, value] of Object.entries(words)) {
      const isValue = keyword === "enum" || keyword === "const" || keyword === "default";
      if (!isValue && typeof value === "object" && value !== null) parts.add(value);
    }
  }
  return schema;
}
