import { asList, asObject, asText, type Json } from "./values.js";

/** What references point to: resources of the record by their addresses. Nothing is fetched. */
export class References {
  /** By `Type/id` and by full address; undefined where two different resources claim one. */
  readonly #known = new Map<string, Json | undefined>();
  /** `Type/id` of resources that are known by a web address: another server's is another. */
  readonly #placed = new Set<string>();

  add(resource: Json, fullUrl: string | undefined): void {
    const id = asText(resource.id);
    const own = id === undefined ? undefined : `${String(resource.resourceType)}/${id}`;
    if (own !== undefined) this.#put(own, resource);
    if (fullUrl === undefined || fullUrl === own) return;
    this.#put(fullUrl, resource);
    if (own !== undefined && /^https?:/.test(fullUrl)) this.#placed.add(own);
  }

  /**
   * @param reference `#id`, `urn:uuid:...`, `Type/id` or a full address, with or without a version.
   * @param inside The resource that refers, with what it contains.
   */
  find(reference: string, inside: Json): Json | undefined {
    if (reference.startsWith("#")) {
      if (reference === "#") return inside;
      return asList(inside.contained)
        .map(asObject)
        .find((it) => asText(it?.id)?.replace(/^#/, "") === reference.slice(1));
    }
    const plain = reference.replace(/\/_history\/[^/]*$/, "");
    const exact = this.#known.get(reference) ?? this.#known.get(plain);
    if (exact !== undefined || !/^https?:/.test(plain)) return exact;
    const short = /[^/]+\/[^/]+$/.exec(plain)?.[0] ?? "";
    return this.#placed.has(short) ? undefined : this.#known.get(short);
  }

  #put(key: string, resource: Json): void {
    this.#known.set(key, this.#known.has(key) && this.#known.get(key) !== resource ? undefined : resource);
  }
}

/** Where a value stands. */
export interface Telling {
  readonly refs: References;
  /** The resource, for what it contains. */
  readonly inside: Json;
}
