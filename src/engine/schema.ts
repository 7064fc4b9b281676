import { badOption } from "../errors.js";

/**
 * Refuses what llama.cpp's converter would accept without holding the answer to it.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported` with the path of the part in `facts.path`.
 */
export function checkSchema(schema: unknown): void {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    throw badOption("jsonSchema", "a JSON schema object", schema);
  }
}
