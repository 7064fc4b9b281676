import { badOption } from "../../base/errors.js";
import { isObject, type JsonObject } from "../../base/guards.js";
import { table } from "../../base/table.js";
import { type Draft, draftOf, NAMES_OF_DRAFTS } from "./drafts.js";
import { KEYWORDS, type Keyword, misspelt } from "./keywords.js";
import { inPlace, type Keywords, type SchemaNode } from "./node.js";
import { Patterns } from "./patterns.js";
import { References } from "./references.js";
import { type JsonPath, unsupported } from "./refusal.js";
import { translated } from "./translate.js";
import { checkText, checkValue, countOf, LetterCount, namesOf, numberOf, typesOf } from "./values.js";

const MAX_PARTS = 5000;
const MAX_DEPTH = 100;
/** References and the like that lead from one to the next. */
const MAX_CHAIN = 32;
/** Every listed value is a branch that each token is tried on. */
export const MAX_VALUES = 500;

/**
 * Reads a JSON schema of draft-04 to 2020-12.
 * @throws MedGemmaError `bad_option` when it is none, `grammar_unsupported` for what is not understood, with the path of
 * the part in `facts.path`.
 */
export function readSchema(schema: unknown): SchemaNode {
  if (!isObject(schema)) throw badOption("jsonSchema", "a JSON schema object", schema);
  const root = new Reader(schema).read();
  refuseLoops(root);
  return root;
}

/** Forms of keywords whose values hold names and the like. */
const WRITTEN: ReadonlySet<string> = new Set(["pattern", "text", "names", "namedNames"]);

class Reader {
  readonly #draft: Draft | undefined;
  readonly #references: References;
  readonly #nodes = new Map<JsonObject, SchemaNode>();
  readonly #open = new Set<unknown>();
  readonly #pending: (() => void)[] = [];
  readonly #letters = new LetterCount();
  readonly #patterns = new Patterns();

  constructor(private readonly root: JsonObject) {
    this.#draft = draftOf(root);
    const old = this.#draft !== undefined && this.#draft < 2019;
    this.#references = new References(root, this.#draft === 4 ? "id" : "$id", !old);
  }

  read(): SchemaNode {
    const root = this.#node(this.root, []);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) next();
    this.#patterns.tryAll();
    return root;
  }

  #node(schema: unknown, at: JsonPath): SchemaNode {
    const keyword = String(at.at(-1) ?? "schema");
    if (schema === true) return { at, never: false, keywords: {} };
    if (schema === false) return { at, never: true, keywords: {} };
    if (!isObject(schema)) throw unsupported(at, keyword, "it must be a schema");
    if (this.#open.has(schema)) throw unsupported(at, keyword, "it is an object that contains itself");
    const known = this.#nodes.get(schema);
    if (known !== undefined) return known;
    if (this.#nodes.size >= MAX_PARTS) throw unsupported(at, keyword, `it has more than ${MAX_PARTS} parts`);
    if (this.#open.size >= MAX_DEPTH)
      throw unsupported(at, keyword, `it is nested more than ${MAX_DEPTH} deep`);
    if (
      at.length > 0 &&
      schema.$schema !== undefined &&
      draftOf(schema) !== (this.#draft ?? draftOf(schema))
    ) {
      throw unsupported([...at, "$schema"], "$schema", "it is of another draft than the rest");
    }
    const keywords: Keywords = {};
    const node = { at, never: false, keywords };
    this.#nodes.set(schema, node);
    this.#open.add(schema);
    this.#fill(keywords, schema, at);
    this.#open.delete(schema);
    return node;
  }

  #fill(keywords: Keywords, schema: JsonObject, at: JsonPath): void {
    // Up to draft-07 nothing counts beside a reference.
    const alone = schema.$ref !== undefined && this.#draft !== undefined && this.#draft < 2019;
    const found: Record<string, unknown> = table();
    for (const [name, value] of Object.entries(schema)) {
      if (value === undefined) continue;
      const keyword = KEYWORDS.get(name);
      if (keyword === undefined) this.#refuseMisspelt(name, schema, at);
      else if (!alone || name === "$ref" || keyword.form === "annotation") {
        found[name] = this.#value(keyword, name, value, at);
      }
    }
    Object.assign(keywords, translated(found, at));
    if (typeof schema.$ref === "string") {
      // Afterwards, as it may point back here.
      const reference = schema.$ref;
      this.#pending.push(() => {
        const place = this.#references.resolve(reference, schema, at);
        keywords.$ref = this.#node(place.schema, place.at);
      });
    }
  }

  #refuseMisspelt(word: string, schema: JsonObject, at: JsonPath): void {
    const meant = misspelt(word, schema);
    if (meant === undefined) return;
    throw unsupported([...at, word], word, `it is no keyword of JSON Schema; is ${meant} meant?`);
  }

  #value({ form, since }: Keyword, name: string, value: unknown, at: JsonPath): unknown {
    const path = [...at, name];
    const refuse = (why: string) => unsupported(path, name, why);
    if (this.#draft !== undefined && since !== undefined && since > this.#draft) {
      throw refuse(`${NAMES_OF_DRAFTS[this.#draft]}, which $schema names, does not know it`);
    }
    if (form === "value" || form === "values") this.#letters.addValue(value, path, name);
    else if (WRITTEN.has(form)) this.#letters.add(value, path, name);
    switch (form) {
      case "schema":
        return this.#node(value, path);
      case "items":
        if (Array.isArray(value) && this.#draft === 2020)
          throw refuse("a list of schemas is prefixItems in 2020-12");
        return Array.isArray(value) ? this.#nodeList(value, path) : this.#node(value, path);
      case "schemas":
        if (!Array.isArray(value) || value.length === 0) throw refuse("it must be a list of schemas");
        if (value.length > MAX_VALUES) throw refuse(`it has more than ${MAX_VALUES} alternatives`);
        return this.#nodeList(value, path);
      case "namedSchemas":
        if (!isObject(value)) throw refuse("it must be an object");
        return this.#nodeMap(name, value, path);
      case "dependencies": {
        if (!isObject(value)) throw refuse("it must be an object");
        const parts = Object.entries(value).map(([key, part]) => {
          const here = [...path, key];
          return [key, Array.isArray(part) ? namesOf(part, here, name) : this.#node(part, here)] as const;
        });
        return new Map(parts);
      }
      case "types":
        return typesOf(value, path);
      case "values":
        if (!Array.isArray(value) || value.length === 0) throw refuse("it must be a list of values");
        if (value.length > MAX_VALUES) throw refuse(`it has more than ${MAX_VALUES} values`);
        checkValue(value, path, name);
        return value;
      case "value":
        checkValue(value, path, name);
        return value;
      case "pattern":
        return this.#patterns.read(value, path, name);
      case "text":
        checkText(value, path, name);
        return value;
      case "count":
        return countOf(value, path, name);
      case "number":
        return numberOf(value, path, name);
      case "end":
        if (typeof value !== "boolean") return numberOf(value, path, name);
        if (this.#draft === 4) return value;
        throw refuse(
          "true and false are draft-04's: write the number itself here, in place of the one beside it, or name draft-04 in $schema",
        );
      case "divisor":
        if (numberOf(value, path, name) <= 0) throw refuse("it must be greater than 0");
        return value;
      case "flag":
        if (typeof value !== "boolean") throw refuse("it must be true or false");
        return value;
      case "names":
        return namesOf(value, path, name);
      case "namedNames":
        if (!isObject(value)) throw refuse("it must be an object");
        return new Map(
          Object.entries(value).map(([key, names]) => [key, namesOf(names, [...path, key], name)]),
        );
      default:
        return undefined;
    }
  }

  #nodeList(list: readonly unknown[], path: JsonPath): SchemaNode[] {
    return list.map((part, index) => this.#node(part, [...path, index]));
  }

  #nodeMap(keyword: string, named: JsonObject, path: JsonPath): Map<string, SchemaNode> {
    const parts = Object.entries(named).filter(([, part]) => part !== undefined);
    return new Map(
      parts.map(([name, part]) => {
        const here = [...path, name];
        this.#letters.add(name, path, keyword);
        checkText(name, here, keyword);
        const key = keyword === "patternProperties" ? this.#patterns.read(name, here, keyword) : name;
        return [key, this.#node(part, here)];
      }),
    );
  }
}

/** A schema that says "as I say myself" says nothing, and a check of it would not end. */
function refuseLoops(root: SchemaNode): void {
  const done = new Set<SchemaNode>();
  const open = new Set<SchemaNode>();
  const visit = (node: SchemaNode): void => {
    if (open.has(node)) throw unsupported(node.at, "$ref", "it refers to itself for the same value");
    if (done.has(node)) return;
    if (open.size >= MAX_CHAIN)
      throw unsupported(node.at, "$ref", `more than ${MAX_CHAIN} parts refer on and on`);
    open.add(node);
    for (const part of inPlace(node)) visit(part);
    open.delete(node);
    done.add(node);
  };
  const seen = new Set<SchemaNode>();
  const reach = [root];
  for (let node = reach.pop(); node !== undefined; node = reach.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    visit(node);
    reach.push(...partsOf(node.keywords));
  }
}

/** All nodes in a node. */
export function* partsOf(keywords: Keywords): Generator<SchemaNode> {
  for (const value of Object.values(keywords) as unknown[]) {
    const parts = value instanceof Map ? [...value.values()] : [value].flat();
    for (const part of parts) if (isNode(part)) yield part;
  }
}

function isNode(value: unknown): value is SchemaNode {
  return isObject(value) && "keywords" in value && "at" in value && "never" in value;
}
