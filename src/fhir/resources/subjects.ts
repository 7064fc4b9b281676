import { Pace, type Steps } from "../../base/breather.js";
import type { References } from "../elements/references.js";
import { asAddress, asList, asObject, asText, conceptText, type Json } from "../elements/values.js";
import { statedType } from "../words/title.js";
import { likenessOf, linksOf, numberMark, numbersOf } from "./patient.js";

/** Elements that say whose a resource is, the first that is there. */
const OWNERS = ["subject", "patient", "beneficiary", "for", "individual"] as const;
/** Types that a resource may be about instead of the patient. */
const PEOPLE: ReadonlySet<string> = new Set(["Patient", "RelatedPerson", "Person", "Group", "Practitioner"]);

/** Subjects of one resource that are looked at. */
const MAX_OWNERS = 100;

/** Who or what a resource is about. */
interface Owner {
  /** One for each person or thing. */
  readonly key: string;
  readonly type: string;
  readonly found: Json | undefined;
}

/** Whose the resources of a record are: a record may hold those of a mother and her child. */
export class Subjects {
  readonly #refs: References;
  #count = 0;
  readonly #personOf = new Map<Json, number>();
  readonly #byMark = new Map<string, number>();
  #main: string | undefined;
  #assumed = false;
  #alike = false;

  private constructor(refs: References) {
    this.#refs = refs;
  }

  /** @param resources All that are current, those about people among them. */
  static *of(resources: readonly Json[], refs: References): Steps<Subjects> {
    const subjects = new Subjects(refs);
    const pace = new Pace();
    for (const own of resources) {
      if (own.resourceType === "Patient") subjects.#addPerson(own);
      if (pace.isDue()) yield undefined;
    }
    const counts = new Map<string, number>();
    for (const own of resources) {
      if (pace.isDue()) yield undefined;
      if (PEOPLE.has(String(own.resourceType))) continue;
      for (const { type, key } of subjects.#ownersOf(own)) {
        if (type !== "Patient") continue;
        // A document is about its subject, whatever it carries.
        const weight = own.resourceType === "Composition" ? resources.length : 1;
        counts.set(key, (counts.get(key) ?? 0) + weight);
      }
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    const known = subjects.#count === 0 ? undefined : personKey(0);
    // Where nothing refers to the only patient, what others refer to is taken to be them.
    subjects.#assumed = most !== undefined && subjects.#count === 1 && counts.size === 1 && most[0] !== known;
    subjects.#main = most?.[0] ?? known;
    return subjects;
  }

  /** The last description of the patient; undefined where the record has none. */
  get patient(): Json | undefined {
    const wanted = this.#assumed ? personKey(0) : this.#main;
    return [...this.#personOf].filter(([, index]) => personKey(index) === wanted).at(-1)?.[0];
  }

  /** How many people the record has as patients. */
  get count(): number {
    return this.#count;
  }

  /** Two descriptions with different numbers have the same name and birth, and are taken to be of one person. */
  get alike(): boolean {
    return this.#alike;
  }

  /** Nothing refers to the one patient that the record describes. */
  get assumed(): boolean {
    return this.#assumed;
  }

  /** Words for the front of a resource that is not about the patient; undefined for the patient's own. */
  other(resource: Json): string | undefined {
    const owners = this.#ownersOf(resource);
    const [owner] = owners;
    if (owner !== undefined && !owners.some((it) => it.key === this.#main)) {
      return `NOT this patient's own, but about ${this.#nameOf(owner)}`;
    }
    const focus = this.#focusOf(resource);
    return focus === undefined ? undefined : `NOT the patient's own (focus ${focus})`;
  }

  #addPerson(own: Json): void {
    const linked = linksOf(own)
      .map((to) => this.#refs.find(to, own))
      .filter((it) => it?.resourceType === "Patient");
    const all = [own, ...linked.filter((it) => it !== undefined)];
    const byNumber = all.map((it) => this.#byNumber(it)).find((it) => it !== undefined);
    const alike = this.#byMark.get(likenessOf(own) ?? "");
    if (byNumber === undefined && alike !== undefined) this.#alike = true;
    const index = byNumber ?? alike ?? this.#count++;
    for (const it of all) {
      this.#personOf.set(it, index);
      const likeness = likenessOf(it);
      for (const mark of [...numbersOf(it), ...(likeness === undefined ? [] : [likeness])]) {
        this.#byMark.set(mark, index);
      }
    }
  }

  #byNumber(own: Json): number | undefined {
    const known = numbersOf(own).map((it) => this.#byMark.get(it));
    return this.#personOf.get(own) ?? known.find((it) => it !== undefined);
  }

  #knownPerson(own: Json): number | undefined {
    return this.#byNumber(own) ?? this.#byMark.get(likenessOf(own) ?? "");
  }

  #ownersOf(resource: Json): Owner[] {
    const name = OWNERS.find((it) => resource[it] !== undefined);
    if (name === undefined) return [];
    return asList(resource[name])
      .slice(0, MAX_OWNERS)
      .map((it) => this.#ownerOf(asObject(it), resource))
      .filter((it) => it !== undefined);
  }

  #ownerOf(reference: Json | undefined, inside: Json): Owner | undefined {
    if (reference === undefined) return undefined;
    const to = asAddress(reference.reference);
    const found = to === undefined ? undefined : this.#refs.find(to, inside);
    const type = asText(found?.resourceType) ?? statedType(reference) ?? "Patient";
    if (found !== undefined && type === "Patient") {
      const own = this.#knownPerson(found);
      const key = own === undefined ? (likenessOf(found) ?? "another") : personKey(own);
      return { key, type, found };
    }
    if (to !== undefined) return { key: shortOf(to), type, found };
    const identifier = asObject(reference.identifier);
    const value = asText(identifier?.value);
    // A name alone does not tell one person from another.
    if (value === undefined) return undefined;
    const mark = numberMark(asText(identifier?.system), value);
    const own = this.#byMark.get(mark);
    return { key: own === undefined ? mark : personKey(own), type, found };
  }

  #focusOf(resource: Json): string | undefined {
    const coded = asList(resource.extension)
      .map(asObject)
      .find((it) => asText(it?.url)?.endsWith("focusCode"));
    if (coded !== undefined) return conceptText(coded.valueCodeableConcept) ?? "someone else";
    for (const it of [...asList(resource.focus), ...focalSubjects(resource)].slice(0, MAX_OWNERS)) {
      const reference = asObject(it);
      const owner = this.#ownerOf(reference, resource);
      if (owner !== undefined) {
        if (PEOPLE.has(owner.type) && owner.key !== this.#main) return this.#nameOf(owner);
      } else if (resource.resourceType === "Observation") {
        const type = reference && statedType(reference);
        if (type === undefined || PEOPLE.has(type)) return asText(reference?.display) ?? "someone else";
      }
    }
    return undefined;
  }

  #nameOf({ type, found }: Owner): string {
    if (type === "Patient") return "another patient";
    if (type !== "RelatedPerson")
      return `a ${type.replace(/(?<=[a-z])[A-Z]/g, (it) => ` ${it}`).toLowerCase()}`;
    const relation = asList(found?.relationship).map(conceptText).filter(Boolean).join(", ");
    return `a related person${relation === "" ? "" : ` (${relation})`}`;
  }
}

/** Before R4 an extension said what `focus` says: http://hl7.org/fhir/STU3/extension-observation-focal-subject.html. */
function focalSubjects(resource: Json): unknown[] {
  return asList(resource.extension)
    .map(asObject)
    .filter((it) => asText(it?.url)?.endsWith("focal-subject"))
    .map((it) => it?.valueReference);
}

function personKey(index: number): string {
  return `person ${index}`;
}

/** The end of an address; another server's is told apart by the whole of it only where it is known. */
function shortOf(reference: string): string {
  const plain = reference.replace(/\/_history\/[^/]*$/, "");
  return /[A-Z][A-Za-z]+\/[^/]+$/.exec(plain)?.[0] ?? plain;
}
