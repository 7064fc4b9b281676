import { KnownStrings } from "./known-strings.js";
import { statedType } from "./title.js";
import { asList, asObject, asText, type Json } from "./values.js";

const PEOPLE = new Set(["Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"]);
/** Elements that refer to people; their displays are names. */
const ACTORS: ReadonlySet<string> = new Set([
  ...["subject", "patient", "performer", "author", "recorder", "asserter", "requester", "source", "actor"],
  ...["participant", "individual", "member", "informationSource", "sender", "recipient", "attester", "party"],
  ...["collector", "receiver", "agent", "who", "onBehalfOf", "enterer", "reporter", "contributor", "owner"],
  ...["dispenser", "interpreter", "resultsInterpreter", "operator", "careManager", "authenticator", "for"],
  ...["prescriber", "orderer", "expressedBy", "referrer", "assessor", "responsibleParty", "controller"],
  ...["grantor", "grantee", "manager", "deliverTo", "supplier", "verifiedWith", "responsible"],
  ...["authorReference", "authorString", "reportedReference", "partyReference", "verifiedBy"],
]);
const MAX_DEPTH = 40;
const PLACES = new Set(["Organization", "Location"]);

/** Patterns of numbers and addresses that no resource announces. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, "[e-mail]"],
  [/\bhttps?:\/\/\S+/gi, "[address]"],
  [/\b\d{3}-\d{2}-\d{4}\b/g, "[number]"],
  [/(?<![\w.])\+?\(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,4}\b/g, "[telephone]"],
  [
    /\b(?:MRN|medical record (?:number|no\.?)|patient id|NHS(?: number)?|SSN|insurance (?:number|no\.?))\s*[:#]?\s*[A-Z]?\d[\w-]*/gi,
    "[number]",
  ],
  [
    /(?<=^[ \t]{0,40}|[ ]\/[ ])(?:patient(?:'s)? name|full name|name|DOB|date of birth|born|(?:home )?address|phone|telephone|tel|fax)\s*:[^\n;|]{1,80}/gim,
    "[identity]",
  ],
  // In a table, "name" may be that of a drug.
  [
    /(?<=^[ \t]{0,40}|[ ]\/[ ])(?:patient(?:'s)? name|DOB|date of birth|(?:home )?address|telephone)\s*\|[^\n;|]{1,80}/gim,
    "[identity]",
  ],
];

/** What tells who somebody is, gathered from a record, and taken out of its texts. */
export class Identity {
  readonly #strings = new KnownStrings();

  /** Takes names, numbers and addresses from a resource about a person or place, and names of actors from any. */
  learn(resource: Json): void {
    const type = String(resource.resourceType);
    this.#learnActors(resource);
    if (type === "FamilyMemberHistory") this.#learnName(resource.name, true);
    if (!PEOPLE.has(type) && !PLACES.has(type)) return;
    // A practitioner's surname alone may be a word of the trade: white, long, gray.
    const single = type !== "Practitioner";
    for (const person of [resource, ...asList(resource.contact).map(asObject)]) {
      for (const name of asList(person?.name)) this.#learnName(name, single);
      for (const contact of asList(person?.telecom)) this.#add(asObject(contact)?.value, "[telephone]");
      for (const place of asList(person?.address)) this.#learnAddress(asObject(place));
    }
    if (type !== "Patient") return;
    for (const identifier of asList(resource.identifier)) this.#add(asObject(identifier)?.value, "[number]");
    this.#add(resource.birthDate, "[date of birth]");
    this.#add(resource.id, "[number]", 6);
  }

  /** The text without identity. Names that stand nowhere but in free text cannot be known. */
  redact(text: string): string {
    let clean = this.#strings.replaceIn(text);
    for (const [pattern, word] of PATTERNS) clean = clean.replace(pattern, word);
    return clean;
  }

  /** Names stand at any depth: a section has an author, a dispense request a performer. */
  #learnActors(value: unknown, isActor = false, depth = 0): void {
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      for (const it of value) this.#learnActors(it, isActor, depth + 1);
      return;
    }
    const thing = asObject(value);
    const name = thing === undefined ? value : thing.display;
    const personal = isActor || (thing !== undefined && PEOPLE.has(statedType(thing) ?? ""));
    // One word alone may be one of the trade ("Nurse").
    if (personal && typeof name === "string" && name.includes(" ")) this.#add(name, "[name]");
    for (const [key, own] of Object.entries(thing ?? {})) {
      const named = ACTORS.has(key);
      if (named || typeof own === "object") this.#learnActors(own, named, depth + 1);
    }
  }

  #learnName(value: unknown, single: boolean): void {
    const name = asObject(value);
    if (name === undefined) {
      this.#add(value, "[name]");
      return;
    }
    // Synthea writes numbers into names ("Abbott123"), and notes leave them out, or not.
    for (const spell of [(text: string) => text, (text: string) => text.replace(/\d+/g, "")]) {
      const given = asList(name.given).map((it) => spell(asText(it) ?? ""));
      const family = spell(asText(name.family) ?? "");
      this.#add(spell(asText(name.text) ?? ""), "[name]");
      for (const first of [given[0] ?? "", given.join(" ")]) {
        if (first === "" || family === "") continue;
        for (const both of [`${first} ${family}`, `${family}, ${first}`]) this.#add(both, "[name]");
      }
      if (family !== "") for (const title of ["Dr. ", "Dr "]) this.#add(title + family, "[name]");
      if (!single) continue;
      for (const word of [family, ...given].flatMap((it) => it.split(/[\s,]+/))) this.#add(word, "[name]", 2);
    }
  }

  #learnAddress(address: Json | undefined): void {
    for (const part of [...asList(address?.line), address?.city, address?.postalCode, address?.text]) {
      this.#add(part, "[place]");
    }
  }

  #add(value: unknown, word: string, least = 2): void {
    const text = asText(value);
    if (text !== undefined && text.length >= least) this.#strings.add(text, word);
  }
}
