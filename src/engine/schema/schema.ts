import { toGbnf } from "./compile.js";
import { readSchema } from "./read.js";

export { MAX_ITEMS } from "./arrays.js";
export { MAX_VALUES } from "./read.js";
export { MAX_LENGTH } from "./strings.js";

/**
 * The grammar (llama.cpp's GBNF) that holds an answer to a JSON schema.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported` with the path of the part in `facts.path`.
 */
export function toGrammar(schema: unknown): string {
  return toGbnf(readSchema(schema));
}

/**
 * Refuses a schema that no answer can be held to.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported` with the path of the part in `facts.path`.
 */
export function checkSchema(schema: unknown): void {
  toGrammar(schema);
}
