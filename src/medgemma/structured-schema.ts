import { checkSchema } from "../engine/schema.js";
import { badOption, MedGemmaError } from "../errors.js";
import { isStandardSchema, type StandardSchema } from "./structured-standard.js";

const TARGETS = ["draft-2020-12", "draft-07"];
const REMEDY = "Pass its JSON schema beside it: { schema, jsonSchema }.";

/**
 * The JSON schema that holds the answer: the one given beside the schema, the schema itself, or what it says of
 * itself. Checked.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`.
 */
export function toJsonSchema(schema: unknown, jsonSchema: unknown): object {
  const found = jsonSchema ?? (isStandardSchema(schema) ? ofStandardSchema(schema) : schema);
  if (found === null || typeof found !== "object" || Array.isArray(found)) {
    throw badOption(jsonSchema === undefined ? "schema" : "jsonSchema", "a JSON schema object", found);
  }
  checkSchema(found);
  return found;
}

function ofStandardSchema(schema: StandardSchema): unknown {
  const { vendor, jsonSchema } = schema["~standard"];
  const zod = schema as { toJSONSchema?: (options: object) => unknown };
  if (typeof jsonSchema?.input === "function") {
    return withoutFormats(describe(vendor, TARGETS, (target) => jsonSchema.input({ target })));
  }
  if (vendor === "zod" && typeof zod.toJSONSchema === "function") {
    return withoutFormats(describe(vendor, TARGETS.slice(0, 1), () => zod.toJSONSchema?.({ io: "input" })));
  }
  throw new MedGemmaError("bad_option", `A schema of ${vendor} does not say its JSON schema.`, {
    facts: { option: "schema", vendor },
    remedy: REMEDY,
  });
}

/** The first of the targets that the library can write. */
function describe(vendor: string, targets: readonly string[], write: (target: string) => unknown): unknown {
  let cause: unknown;
  for (const target of targets) {
    try {
      return write(target);
    } catch (error) {
      cause ??= error;
    }
  }
  throw new MedGemmaError("grammar_unsupported", `${vendor} cannot write the schema as JSON schema.`, {
    facts: { path: "", vendor },
    remedy: REMEDY,
    cause,
  });
}

/** Where a library writes both, the pattern is the format's; only one of them can be held. */
function withoutFormats(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withoutFormats);
  if (part === null || typeof part !== "object") return part;
  const { pattern, format } = part as Record<string, unknown>;
  const drop = typeof pattern === "string" && typeof format === "string";
  return Object.fromEntries(
    Object.entries(part)
      .filter(([keyword]) => !(drop && keyword === "format"))
      .map(([keyword, value]) => [
        keyword,
        keyword === "enum" || keyword === "const" || keyword === "default" ? value : withoutFormats(value),
      ]),
  );
}
