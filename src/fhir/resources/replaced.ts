import type { References } from "../elements/references.js";
import { asAddress, asList, asObject, asText, type Json } from "../elements/values.js";
import { isEnteredInError, isWithdrawn } from "../words/modifiers.js";

/** Elements that refer to what a resource takes the place of. */
const REPLACES = ["replaces", "priorPrescription", "priorRequest", "supersedes"] as const;

/** Resources that others of the record say they replace, or add to. */
export class Replaced {
  readonly #refs: References;
  readonly #words = new Map<Json, string>();

  constructor(refs: References) {
    this.#refs = refs;
  }

  learn(resource: Json): void {
    if (isEnteredInError(resource) || isWithdrawn(resource)) return;
    for (const name of REPLACES) {
      for (const it of asList(resource[name])) this.#mark(it, resource, "SUPERSEDED by a later one");
    }
    for (const it of asList(resource.relatesTo).map(asObject)) {
      const target = it?.target ?? it?.targetReference ?? it?.resourceReference;
      const code = codeOf(it?.code ?? it?.type);
      if (code === "replaces") this.#mark(target, resource, "SUPERSEDED by a later one");
      if (code === "appends") this.#mark(target, resource, "(a later document adds to this)");
    }
  }

  /** @param address Of what is to be changed in part. */
  learnChange(address: string): void {
    this.#mark({ reference: address }, {}, "A CHANGE of this was not carried out");
  }

  /** Words for the front of what another resource replaces or adds to. */
  by(resource: Json): string | undefined {
    return this.#words.get(resource);
  }

  #mark(reference: unknown, inside: Json, words: string): void {
    const to = asAddress(asObject(reference)?.reference);
    const target = to === undefined ? undefined : this.#refs.find(to, inside);
    if (target === undefined || target === inside) return;
    if (!this.#words.get(target)?.startsWith("SUPERSEDED")) this.#words.set(target, words);
  }
}

function codeOf(value: unknown): string | undefined {
  const concept = asObject(value);
  return concept === undefined ? asText(value) : asText(asObject(asList(concept.coding)[0])?.code);
}
