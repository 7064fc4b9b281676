import { toGrammar } from "../../schema/schema.js";
import type { EndpointRequest } from "../endpoint/endpoint.js";

/**
 * What llama-server is asked, so that an answer follows its schema or grammar. The grammar's letters may be those of a
 * control word, which then is no end of a thought.
 *
 * @param words The control words around a thought, by id.
 */
export function heldTo(
  { grammar, jsonSchema }: Pick<EndpointRequest, "grammar" | "jsonSchema">,
  words: ReadonlyMap<number, string>,
): object {
  const text = jsonSchema === undefined ? grammar : toGrammar(jsonSchema);
  return text === "" ? {} : { grammar: text, logit_bias: [...words.keys()].map((id) => [id, false]) };
}
