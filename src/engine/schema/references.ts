import { isObject, type JsonObject } from "../../base/guards.js";
import { subschemas } from "./keywords.js";
import { type JsonPath, unsupported } from "./refusal.js";

/** Where a schema without a name of its own is said to be, so that relative names have something to stand on. */
const NOWHERE = "https://schema.invalid/";

/**
 * What each `$ref` of a document points to, as JSON Schema 2020-12 core 8.2 and 9.2 have it: an embedded `$id` begins a
 * document of its own, to which pointers and anchors inside it are relative. Nothing is fetched.
 */
export class References {
  readonly #bases = new Map<JsonObject, string>();
  /** Documents by their URI, and places in them by URI and anchor. */
  readonly #known = new Map<string, Place>();

  /** @param idKeyword `$id`, or `id` in draft-04. @param beside Whether `$id` counts beside `$ref`. */
  constructor(
    root: JsonObject,
    private readonly idKeyword: "$id" | "id",
    private readonly beside: boolean,
  ) {
    this.#known.set(NOWHERE, { schema: root, at: [] });
    this.#index(root, NOWHERE, []);
  }

  #index(schema: JsonObject, outer: string, at: JsonPath): void {
    if (this.#bases.has(schema)) return;
    const base = this.#enter(schema, outer, at);
    for (const [part, steps] of subschemas(schema)) {
      if (isObject(part)) this.#index(part, base, [...at, ...steps]);
    }
  }

  /** The schema's own base URI; notes its names. */
  #enter(schema: JsonObject, outer: string, at: JsonPath): string {
    const id = schema[this.idKeyword];
    const counts = typeof id === "string" && (this.beside || schema.$ref === undefined);
    const own = counts ? resolve(id, outer) : undefined;
    if (counts && own === undefined)
      throw unsupported([...at, this.idKeyword], this.idKeyword, "it is no URI");
    const [base = outer, fragment = ""] = own?.split("#") ?? [];
    this.#bases.set(schema, base);
    if (own !== undefined && fragment === "") this.#note(base, schema, at);
    if (fragment !== "") this.#note(`${base}#${fragment}`, schema, at);
    for (const anchor of [schema.$anchor, schema.$dynamicAnchor]) {
      if (typeof anchor === "string") this.#note(`${base}#${anchor}`, schema, at);
    }
    return base;
  }

  #note(uri: string, schema: JsonObject, at: JsonPath): void {
    const known = this.#known.get(uri);
    if (known !== undefined && known.schema !== schema) {
      throw unsupported(at, this.idKeyword, "another part of the schema has the same name");
    }
    this.#known.set(uri, { schema, at });
  }

  /**
   * What `ref` in `schema` points to, and where that stands.
   * @throws MedGemmaError `grammar_unsupported`.
   */
  resolve(ref: string, schema: JsonObject, path: JsonPath): Place {
    const refuse = (why: string) => unsupported([...path, "$ref"], "$ref", why);
    const uri = resolve(ref, this.#bases.get(schema) ?? NOWHERE);
    if (uri === undefined) throw refuse("it is no URI");
    const [document = "", fragment = ""] = uri.split("#");
    const root = this.#known.get(document);
    if (root === undefined) {
      throw refuse(
        'only references into the same document ("#/...", "#name" or an "$id" in it) are followed',
      );
    }
    if (fragment === "") return root;
    const place = fragment.startsWith("/") ? this.#walk(root, fragment) : this.#known.get(uri);
    if (place === undefined) throw refuse("it points to nothing");
    if (isObject(place.schema)) this.#index(place.schema, document, place.at);
    return place;
  }

  #walk({ schema, at }: Place, pointer: string): Place | undefined {
    let target: unknown = schema;
    const path: (string | number)[] = [...at];
    for (const step of pointer.slice(1).split("/").map(unescapeStep)) {
      const known = (isObject(target) || Array.isArray(target)) && Object.hasOwn(target, step);
      if (!known) return undefined;
      target = (target as Record<string, unknown>)[step];
      path.push(step);
    }
    return { schema: target, at: path };
  }
}

export interface Place {
  readonly schema: unknown;
  readonly at: JsonPath;
}

function resolve(reference: string, base: string): string | undefined {
  try {
    return new URL(reference, base).href.replace(/#$/, "");
  } catch {
    return undefined;
  }
}

function unescapeStep(step: string): string {
  let plain = step;
  try {
    plain = decodeURIComponent(step);
  } catch {
    // No percent-encoding, then.
  }
  return plain.replaceAll("~1", "/").replaceAll("~0", "~");
}
