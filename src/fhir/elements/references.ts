import { asList, asObject, asText, type Json } from "./values.js";

/** How a resource is named where others refer to it. */
export interface Name {
  /** Undefined where it has none. */
  readonly text: string | undefined;
  /** What reverses it. */
  readonly negation: string | undefined;
}

/** What references point to: resources of the record by their addresses. Nothing is fetched. */
export class References {
  /** By `Type/id` and by full address; undefined where two different resources claim one. */
  readonly #known = new Map<string, Json | undefined>();
  /** `Type/id` of resources that are known by a web address: another server's is another. */
  readonly #placed = new Set<string>();
  readonly #names = new WeakMap<Json, Map<number, Name>>();
  readonly #byList = new WeakMap<readonly unknown[], ReadonlyMap<string, Json>>();

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
      return reference === "#" ? inside : this.#contained(inside).get(reference.slice(1));
    }
    const plain = reference.replace(/\/_history\/[^/]*$/, "");
    const exact = this.#known.get(reference) ?? this.#known.get(plain);
    if (exact !== undefined || !/^https?:/.test(plain)) return exact;
    const short = /[^/]+\/[^/]+$/.exec(plain)?.[0] ?? "";
    return this.#placed.has(short) ? undefined : this.#known.get(short);
  }

  /** How a resource is named, made once however many refer to it. @param steps References away from what is told. */
  remembered(resource: Json, steps: number, make: () => Name): Name {
    const known = this.#names.get(resource) ?? new Map<number, Name>();
    this.#names.set(resource, known);
    const name = known.get(steps) ?? make();
    known.set(steps, name);
    return name;
  }

  /** What a resource contains by its id, the first of two; looked up once. */
  #contained({ contained }: Json): ReadonlyMap<string, Json> {
    const list = asList(contained);
    const known = this.#byList.get(list);
    if (known !== undefined) return known;
    const byId = new Map<string, Json>();
    for (const own of list.map(asObject)) {
      const id = asText(own?.id)?.replace(/^#/, "");
      if (own !== undefined && id !== undefined && !byId.has(id)) byId.set(id, own);
    }
    this.#byList.set(list, byId);
    return byId;
  }

  #put(key: string, resource: Json): void {
    this.#known.set(key, this.#known.has(key) && this.#known.get(key) !== resource ? undefined : resource);
  }
}

/** Values of one part that are told: more than any list has members, and so few that telling them takes no long time. */
const ROOM = 5000;

/** What is left of the values that a part may have. */
export class Room {
  #left = ROOM;

  renew(): void {
    this.#left = ROOM;
  }

  /** @returns whether there was room for one more. */
  take(): boolean {
    if (this.#left > 0) this.#left--;
    return this.#left > 0;
  }

  get isUsed(): boolean {
    return this.#left === 0;
  }
}

/** Where a value stands. */
export interface Telling {
  readonly refs: References;
  readonly room: Room;
  /** The resource, for what it contains. */
  readonly inside: Json;
}
