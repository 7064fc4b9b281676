/**
 * Pairs of FHIR resources that differ in one thing, made from the elements of FHIR's definitions
 * (test/fixtures/fhir/elements.json) and a seed. Knows nothing of how records are told.
 */

import { readFileSync } from "node:fs";
import { seededRandom } from "../../src/base/random.js";

interface Element {
  readonly types: readonly string[];
  readonly list?: boolean;
  /** The element whose parts it has. */
  readonly same?: string;
}
type Elements = Readonly<Record<string, Element>>;
type Thing = Record<string, unknown>;

const DEFINITIONS: Readonly<Record<string, Readonly<Record<string, Elements>>>> = JSON.parse(
  readFileSync(new URL("../fixtures/fhir/elements.json", import.meta.url), "utf8"),
);

/**
 * Elements that are not told, as docs/decisions/0020 says: who and where, numbers, addresses, links between resources, and
 * what is technical. Of forms and documents the sections and items, which have tests of their own.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(
  (
    "identifier masterIdentifier groupIdentifier accessionIdentifier accession version instantiatesCanonical instantiatesUri instantiates linkId uid url " +
    "subject patient performer performerType author recorder asserter requester source informationSource participant actor attester " +
    "custodian authenticator receiver collector location serviceProvider managingOrganization who owner dispenser interpreter supportingInformation " +
    "resultsInterpreter responsible verification authorReference authorString careTeam manufacturer reported primarySource name " +
    "telecom address contact assessor encounter context basedOn partOf replaces priorPrescription relatesTo contributor informant " +
    "lotNumber serialNumber udiCarrier udi insurance securityLabel format hash size statusHistory classHistory endpoint born " +
    "policy origin destination receiver account id extension modifierExtension implicitRules meta section item text focus " +
    "controller grantor grantee manager verifiedWith verifiedBy device expectation reference sex instance series " +
    "actualLocation substitutedBy component priorRequest supplier organization expressedBy authority eventHistory referrer orderer responsibleParty deviceName resourceType confidentiality modality sourceAttachment sourceReference"
  ).split(" "),
);
/** Types whose category is the drawer that they lie in. */
const FILED: ReadonlySet<string> = new Set([
  "Observation",
  "DiagnosticReport",
  "DocumentReference",
  "Condition",
]);
/** A status that says that nothing else counts has tests of its own. */
const SKIPPED_TYPES: ReadonlySet<string> = new Set(
  "Identifier Signature ContactPoint HumanName Address Meta Narrative RelatedArtifact ContactDetail Expression Resource Availability VirtualServiceDetail ExtendedContactDetail base64Binary".split(
    " ",
  ),
);

export class Generator {
  readonly #random: () => number;
  readonly #types: Readonly<Record<string, Elements>>;
  #count = 100;

  constructor(version: string, seed: number) {
    this.#random = seededRandom(seed);
    this.#types = DEFINITIONS[version] ?? {};
  }

  static get versions(): string[] {
    return Object.keys(DEFINITIONS);
  }

  /** Types of resources: those that have more than data types have. */
  get resources(): string[] {
    return Object.keys(this.#types).filter(
      (type) => "implicitRules" in (this.#types[type] ?? {}) || !DATA_TYPES.has(type),
    );
  }

  resource(type: string): Thing {
    return { resourceType: type, ...this.#parts(type, "", 0) };
  }

  /** A copy that differs in one thing, and what was done; undefined where there is nothing to change. */
  changed(resource: Thing): { readonly other: Thing; readonly change: string } | undefined {
    const other = structuredClone(resource);
    const places = placesIn(other);
    for (let tries = 0; tries < 20; tries++) {
      const place = this.#pick(places);
      const change = place && this.#change(place);
      if (change !== undefined) return { other, change };
    }
    return undefined;
  }

  #change({ holder, key, path }: Place): string | undefined {
    const value = holder[key];
    if (Array.isArray(value)) return value.length < 2 ? undefined : this.#reorder(value, `${path}.${key}`);
    if (typeof value === "object") return undefined;
    holder[key] = this.#other(value);
    return `${path}.${key}: ${String(value)} -> ${String(holder[key])}`;
  }

  #reorder(list: unknown[], path: string): string | undefined {
    const [first, second] = [list[0], list[1]];
    if (this.#random() < 0.3 || !isThing(first) || !isThing(second)) {
      if (JSON.stringify(first) === JSON.stringify(second)) return undefined;
      [list[0], list[1]] = [second, first];
      return `${path}: members change places`;
    }
    // "Not deleted" says nothing, wherever it stands.
    const movable = Object.keys(first).filter((key) => !(key in second) && first[key] !== false);
    const key = this.#pick(movable);
    if (key !== undefined && Object.keys(first).length > 1) {
      second[key] = first[key];
      delete first[key];
      return `${path}: ${key} moves to the next member`;
    }
    const both = this.#pick(Object.keys(first).filter((it) => it in second));
    if (both === undefined || JSON.stringify(first[both]) === JSON.stringify(second[both])) return undefined;
    if (Object.keys(first).length === 1 && Object.keys(second).length === 1) return undefined;
    [first[both], second[both]] = [second[both], first[both]];
    return `${path}: ${both} of two members change places`;
  }

  #parts(type: string, prefix: string, depth: number): Thing {
    const own: Thing = {};
    const elements = this.#types[type] ?? {};
    for (const [path, element] of Object.entries(elements)) {
      const name = path.startsWith(prefix) ? path.slice(prefix.length) : ".";
      if (name === "category" && FILED.has(type)) continue;
      if (name.includes(".") || LEFT_OUT.has(name.replace("[x]", ""))) continue;
      if (this.#random() > (depth === 0 ? 0.5 : 0.55)) continue;
      // An answer may be a reference to a person.
      const skipped = (it: string) => SKIPPED_TYPES.has(it) || (it === "Reference" && name === "value[x]");
      const of = this.#pick(element.types.filter((it) => !skipped(it)));
      const target = element.same?.split(".").slice(1).join(".");
      if (of === undefined && target === undefined) continue;
      const key = name.endsWith("[x]") ? name.slice(0, -3) + capital(of ?? "") : name;
      const make = () => this.#value(of ?? "BackboneElement", type, target ?? path, depth + 1);
      if (!element.list) own[key] = make();
      else own[key] = (this.#random() < 0.6 ? [make(), make()] : [make()]).filter((it) => !isEmpty(it));
      if (isEmpty(own[key])) delete own[key];
    }
    if (depth > 0 && this.#random() < 0.1)
      own.extension = [{ url: "http://example.org/certainty", valueString: this.#word("ext") }];
    return own;
  }

  #value(of: string, type: string, path: string, depth: number): unknown {
    if (depth > 5) return undefined;
    if (of === "BackboneElement" || of === "Element") return this.#parts(type, `${path}.`, depth);
    if (of === "Dosage" || of === "Timing") return this.#parts(of, "", depth);
    const simple = this.#simple(of);
    if (simple !== undefined) return simple;
    const quantity = () => ({ value: this.#number(), unit: this.#pick(["mg", "mL", "h"]) });
    switch (of) {
      case "CodeableConcept":
        return this.#random() < 0.5
          ? { text: this.#word("concept") }
          : { coding: [{ code: "c", display: this.#word("display") }] };
      case "Coding":
        return { code: "c", display: this.#word("coding") };
      case "Reference":
        return { display: this.#word("reference") };
      case "CodeableReference":
        return { concept: { text: this.#word("concept") } };
      case "Quantity":
      case "SimpleQuantity":
      case "Age":
      case "Duration":
      case "Count":
      case "Distance":
        return { ...quantity(), ...(this.#random() < 0.2 && { comparator: this.#pick(["<", ">"]) }) };
      case "Money":
        return { value: this.#number(), currency: this.#pick(["EUR", "USD"]) };
      case "Range":
        return { low: quantity(), ...(this.#random() < 0.7 && { high: quantity() }) };
      case "Ratio":
        return { numerator: quantity(), denominator: quantity() };
      case "Period":
        return { start: this.#date(), end: this.#date() };
      case "Annotation":
        return { text: this.#word("note"), ...(this.#random() < 0.3 && { time: this.#date() }) };
      case "Attachment":
        return { title: this.#word("attached") };
      default:
        return undefined;
    }
  }

  #simple(of: string): unknown {
    if (of === "boolean") return this.#random() < 0.5;
    if (/^(?:decimal|integer|integer64|positiveInt|unsignedInt)$/.test(of)) return this.#number();
    if (/^(?:date|dateTime|instant)$/.test(of)) return this.#date();
    if (of === "time") return `${10 + Math.floor(this.#random() * 13)}:30:00`;
    return /^(?:code|string|markdown|uri|url|canonical|String)$/.test(of) ? this.#word(of) : undefined;
  }

  #other(value: unknown): unknown {
    if (typeof value === "boolean") return !value;
    if (typeof value === "number") return this.#number();
    const text = String(value);
    if (/^\d{4}-\d\d-\d\d/.test(text)) return this.#date(text);
    if (/^\d\d:/.test(text)) return "09:15:00";
    return this.#word("changed");
  }

  #word(of: string): string {
    return `${of}${this.#count++}`;
  }

  #number(): number {
    return this.#count++ + 0.5;
  }

  #date(not = ""): string {
    let date = not;
    while (date.slice(0, 10) === not.slice(0, 10)) {
      const day = 1 + Math.floor(this.#random() * 28);
      date = `20${10 + Math.floor(this.#random() * 10)}-0${1 + Math.floor(this.#random() * 9)}-${String(day).padStart(2, "0")}`;
    }
    return this.#random() < 0.3 ? `${date}T1${Math.floor(this.#random() * 10)}:45:00Z` : date;
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.#random() * values.length)];
  }
}

const DATA_TYPES: ReadonlySet<string> = new Set(
  "Age Annotation Attachment CodeableConcept CodeableReference Coding Count Distance Dosage Duration Extension Money Period Quantity Range Ratio Reference SampledData Timing".split(
    " ",
  ),
);

interface Place {
  readonly holder: Thing;
  readonly key: string;
  readonly path: string;
}

/** Every value and every list in a resource, but for what is a code beside its display, and names. */
function placesIn(thing: Thing, path = ""): Place[] {
  return Object.entries(thing).flatMap(([key, value]) => {
    if (
      key === "resourceType" ||
      key === "url" ||
      key === "reference" ||
      (key === "code" && "display" in thing)
    )
      return [];
    if (Array.isArray(value)) {
      const within = value.flatMap((it, index) =>
        isThing(it) ? placesIn(it, `${path}.${key}[${index}]`) : [],
      );
      return [...(value.length > 1 ? [{ holder: thing, key, path }] : []), ...within];
    }
    return isThing(value) ? placesIn(value, `${path}.${key}`) : [{ holder: thing, key, path }];
  });
}

function isThing(value: unknown): value is Thing {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says nothing, at any depth. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isEmpty);
  return value === undefined || (isThing(value) && Object.values(value).every(isEmpty));
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
