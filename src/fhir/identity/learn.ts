import { Pace, type Steps } from "../../base/breather.js";
import { asAddress, asList, asObject, asText, type Json, keysOf } from "../elements/values.js";
import { statedType } from "../words/title.js";
import { fold, isUnspaced } from "./fold.js";
import { inContext } from "./honorifics.js";
import { Known } from "./known.js";
import { isWord } from "./lexicon.js";
import { tokensOf } from "./tokens.js";

const PEOPLE = new Set(["Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person"]);
const PLACES = new Set(["Organization", "Location"]);
/** Elements that refer to people; their displays are names. */
const ACTORS: ReadonlySet<string> = new Set([
  ...["subject", "patient", "performer", "author", "recorder", "asserter", "requester", "source", "actor"],
  ...["participant", "individual", "member", "informationSource", "sender", "recipient", "attester", "party"],
  ...["collector", "receiver", "agent", "who", "onBehalfOf", "enterer", "reporter", "contributor", "owner"],
  ...["dispenser", "interpreter", "resultsInterpreter", "operator", "careManager", "authenticator", "for"],
  ...["prescriber", "orderer", "expressedBy", "referrer", "assessor", "responsibleParty", "controller"],
  ...["grantor", "grantee", "manager", "deliverTo", "supplier", "verifiedWith", "responsible"],
  ...["subscriber", "policyHolder", "beneficiary", "payor", "guarantor", "insurer"],
  ...["authorReference", "authorString", "reportedReference", "partyReference", "verifiedBy"],
]);
/** Types whose numbers are those of one patient's stay, order or insurance. */
const NUMBERED = new Set([
  ...["Encounter", "EpisodeOfCare", "Account", "Coverage", "Claim", "ExplanationOfBenefit", "Appointment"],
  ...["ServiceRequest", "ImagingStudy", "DiagnosticReport", "Specimen"],
]);
const MAX_DEPTH = 40;
/** Characters of a name or an address that are looked for. */
const LONGEST = 500;
/** Degrees and titles that stand in displays of names. */
const NO_NAME = /^(?:dr|prof|med|md|phd|mr|mrs|ms|miss|jr|sr|ii|iii|rn|np|pa|do|facc|frcp|dipl|ing)$/;

/** What is the same for all that is looked at of one resource. */
interface Walk {
  /** Its codes are no names. */
  readonly codes: boolean;
  readonly pace: Pace;
}

/** Takes from resources what tells who somebody is. */
export class Learner {
  constructor(private readonly known: Known) {}

  /** Names, numbers and addresses of a resource about a person or place, and names of actors from any. */
  *learn(resource: Json): Steps<void> {
    const type = String(resource.resourceType);
    const own = type === "Patient";
    const pace = new Pace();
    yield* this.#walk(resource, { codes: !PEOPLE.has(type) && !PLACES.has(type), pace });
    if (type === "FamilyMemberHistory") this.#name(resource.name, false);
    if (NUMBERED.has(type)) {
      for (const name of ["identifier", "accessionIdentifier", "subscriberId"]) {
        for (const it of asList(resource[name])) this.#identifier(asObject(it)?.value ?? it, false);
      }
    }
    if (!PEOPLE.has(type) && !PLACES.has(type)) return;
    for (const learnt of this.#personal(resource, own)) {
      learnt();
      if (pace.isDue()) yield undefined;
    }
    if (!own) return;
    const [, birth] = /^(\d{4}-\d\d-\d\d)/.exec(asText(resource.birthDate) ?? "") ?? [];
    if (birth !== undefined) this.known.addBirth(birth);
    if ((asText(resource.id) ?? "").length >= 6) this.#identifier(resource.id, true);
  }

  /** A name, a number or an address; of one so long that none is, the beginning. */
  #text(value: unknown): string | undefined {
    if (typeof value !== "string" || value.length <= LONGEST) return asText(value);
    this.known.dropped++;
    return asText(value.slice(0, LONGEST));
  }

  /** Each thing that a person's resource tells, to be learnt. */
  *#personal(resource: Json, own: boolean): Generator<() => void, void, void> {
    const isPlace = PLACES.has(String(resource.resourceType));
    for (const it of [resource, ...asList(resource.contact)]) {
      const person = asObject(it);
      for (const name of [...asList(person?.name), ...asList(person?.alias)]) {
        yield () => (isPlace ? this.#placeName(name) : this.#name(name, own));
      }
      for (const contact of asList(person?.telecom)) yield () => this.#contact(asObject(contact)?.value, own);
      for (const place of asList(person?.address)) yield () => this.#address(asObject(place), own);
    }
    if (isPlace) return;
    for (const it of asList(resource.identifier)) yield () => this.#identifier(asObject(it)?.value, own);
    for (const it of extensionsOf(resource)) yield () => it && this.#extension(it, own);
  }

  /** A mother's name, a place of birth, a second number: of whatever name, by their types. */
  #extension(extension: Json, own: boolean): void {
    const { valueString: text, valueAddress: place } = extension;
    if (/(?:name|family)$/i.test(asAddress(extension.url) ?? "")) this.#name(asText(text), own);
    this.#name(asObject(extension.valueHumanName) ?? undefined, own);
    this.#address(asObject(place), own);
    this.#contact(asObject(extension.valueContactPoint)?.value, own);
    this.#identifier(asObject(extension.valueIdentifier)?.value, own);
  }

  /** Of a hospital or a ward several words; one alone is what wards are called ("Telemetry"), or tells nobody. */
  #placeName(value: unknown): void {
    const text = this.#text(asObject(value)?.text ?? value);
    if (text !== undefined && tokensOf(text).length > 1) this.known.addPhrase(text, "[name]", false);
  }

  /** Names stand at any depth: a section has an author, a dispense request a performer. Codes have displays, too. */
  *#walk(value: unknown, walk: Walk, isActor = false, depth = 0): Steps<void> {
    if (walk.pace.isDue()) yield undefined;
    if (depth > MAX_DEPTH) return;
    if (Array.isArray(value)) {
      for (const it of value) {
        if (typeof it === "object" && it !== null) yield* this.#walk(it, walk, isActor, depth + 1);
        else if (isActor) this.#display(it, false);
      }
      return;
    }
    const thing = value as Json;
    const isPerson = PEOPLE.has(statedType(thing) ?? "");
    if (isActor || isPerson) this.#display(thing.display, isPerson);
    else if (walk.codes && typeof thing.code === "string" && typeof thing.display === "string") {
      this.known.addCoded(thing.display.slice(0, LONGEST));
    }
    for (const key in thing) {
      const own = thing[key];
      const named = ACTORS.has(key);
      if (typeof own === "object" && own !== null) {
        if (named || key !== "meta") yield* this.#walk(own, walk, named, depth + 1);
      } else if (named) this.#display(own, false);
    }
  }

  /** @param isPerson Whether it is one for certain, and no ward or trade ("Nurse"). */
  #display(value: unknown, isPerson: boolean): void {
    const text = this.#text(value);
    if (text === undefined) return;
    if (isUnspaced(text)) this.#spaceless(text, false);
    else if (text.includes(" ") || isPerson) {
      const words = text
        .split(/[\s,]+/)
        .filter((it) => it !== "" && !NO_NAME.test(fold(it.replace(/\./g, ""))));
      this.known.addPhrase(words.join(" "), "[name]", false);
      if (isPerson) for (const word of words) this.known.addPart(word, "[name]", false);
    }
  }

  #name(value: unknown, own: boolean): void {
    const name = asObject(value);
    if (name === undefined) {
      const text = this.#text(value);
      if (text !== undefined) this.known.addPhrase(text, "[name]", own);
      return;
    }
    // Synthea writes numbers into names ("Abbott123"), and notes leave them out, or not.
    for (const spell of [(text: string) => text, (text: string) => text.replace(/\d+/g, "")]) {
      const given = asList(name.given).map((it) => spell(this.#text(it) ?? "").trim());
      const family = spell(this.#text(name.family) ?? "").trim();
      const text = spell(this.#text(name.text) ?? "").trim();
      for (const first of new Set([given[0] ?? "", given.join(" ")])) {
        for (const both of [`${first} ${family}`, `${family} ${first}`]) this.#whole(both.trim(), own);
      }
      for (const it of [text, family]) this.#whole(it, own);
      for (const it of [family, ...given]) this.known.addCompound(it, own);
      for (const word of [family, ...given].flatMap((it) => it.split(/[\s,]+/))) {
        if (isUnspaced(word)) this.#spacelessPart(word, word === family, own);
        else this.known.addPart(word, "[name]", own);
      }
      // A text may hold more than the parts do.
      if (family === "" && given.length === 0) {
        for (const word of text.split(/[\s,]+/)) {
          if (!NO_NAME.test(fold(word.replace(/\./g, "")))) this.known.addPart(word, "[name]", own);
        }
      }
    }
  }

  /** A whole name; one word alone is a part. */
  #whole(text: string, own: boolean): void {
    if (isUnspaced(text)) this.#spaceless(text, own);
    else if (/[\s-]/.test(text)) this.known.addPhrase(text, "[name]", own);
    if (/\p{Script=Hangul}/u.test(text)) this.known.addUnspaced(text.replace(/\s+/g, ""), "[name]", own);
  }

  #spaceless(text: string, own: boolean): void {
    const plain = text.replace(/\s+/g, "");
    if (Known.isSureUnspaced(plain)) this.known.addUnspaced(plain, "[name]", own);
    if (!/\s/.test(text)) return;
    for (const gap of [" ", "\u30fb"]) this.known.addUnspaced(text.replace(/\s+/g, gap), "[name]", own);
  }

  #spacelessPart(word: string, isFamily: boolean, own: boolean): void {
    // One that is a word is looked for as well, to be told of.
    this.known.addUnspaced(word, Known.isSureUnspaced(word) ? "[name]" : "", own);
    for (const it of inContext(word, isFamily)) this.known.addUnspaced(it, "[name]", own);
  }

  #contact(value: unknown, own: boolean): void {
    const text = this.#text(value);
    if (text === undefined) return;
    const digits = text.replace(/\D/g, "");
    if (/@|:\/\//.test(text)) this.known.addPhrase(text, "[e-mail]", own);
    else if (digits.length >= 6) {
      this.known.addDigits(digits, "[telephone]", own);
      // Without the country's code or the zero in its place.
      if (digits.length > 9) this.known.addDigits(digits.slice(-9), "[telephone]", own);
      if (digits.length > 10) this.known.addDigits(digits.slice(-10), "[telephone]", own);
    }
  }

  #identifier(value: unknown, own: boolean): void {
    const text = this.#text(value);
    if (text === undefined) return;
    const digits = text.replace(/\D/g, "");
    if (/^[\d\s./-]+$/.test(text)) this.known.addDigits(digits, "[number]", own);
    else if (digits.length < 2 || text.length < 5) return;
    else if (isDistinctive(text)) this.known.addPhrase(text, "[number]", own, true);
    else this.known.addWritten(text, "[number]", own);
  }

  #address(address: Json | undefined, own: boolean): void {
    if (address === undefined) return;
    for (const line of [...asList(address.line), address.text].map((it) => this.#text(it))) {
      if (line === undefined) continue;
      if (isUnspaced(line)) this.known.addUnspaced(line, "[place]", own);
      else if (isStreet(line)) this.known.addPhrase(line, "[place]", own);
    }
    for (const place of [address.city, address.district].map((it) => this.#text(it))) {
      if (place === undefined) continue;
      if (isUnspaced(place)) {
        if (Known.isSureUnspaced(place)) this.known.addUnspaced(place, "[place]", own);
      } else if (/[\s-]/.test(place)) this.known.addPhrase(place, "[place]", own);
      else this.known.addPart(place, "[place]", own);
    }
    const state = this.#text(address.state);
    if (state !== undefined && state.length < 4) this.known.addPart(state, "[place]", own);
    const code = this.#text(address.postalCode) ?? "";
    if (/[a-z]/i.test(code) && code.length >= 5) this.known.addPhrase(code, "[place]", own);
    else if (code !== "") this.known.addPostalCode(code.replace(/\s/g, ""));
  }
}

/** Whether a number with letters is one in any spelling: "ICU-12" and "patient-12" are words and a count, too. */
function isDistinctive(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  const words = tokensOf(text).filter(({ key }) => !/\d/.test(key));
  if (digits >= 5) return true;
  const unknown = words.some(({ key }) => key.length > 2 && !isWord(key));
  return digits >= 4 ? unknown || words.length === 0 || words.some(({ key }) => key.length < 3) : unknown;
}

/** Those of a person and of the parts of a name, and undefined for each thing that is looked at. */
function* extensionsOf(value: unknown, depth = 0): Generator<Json | undefined, void, void> {
  if (depth > MAX_DEPTH || typeof value !== "object" || value === null) return;
  yield undefined;
  for (const key of keysOf(value)) {
    const own = (value as Json)[key];
    if (key === "contained") continue;
    if (key === "extension") for (const it of asList(own)) yield asObject(it);
    yield* extensionsOf(own, depth + 1);
  }
}

/** Folded words of streets. */
const STREETS =
  /(?:^|\s)(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|boulevard|blvd|court|ct|square|place|terrace|close|rue|quai|chemin|calle|avenida|plaza|paseo|via|viale|piazza|corso|rua|travessa)(?:\s|$)|(?:strasse|str|weg|platz|allee|gasse|straat|laan|plein|gatan|vej|gade)(?:\s|$)/;

/** Whether a line has a word that streets have. */
export function hasStreetWord(line: string): boolean {
  return STREETS.test(
    tokensOf(line)
      .map(({ key }) => key)
      .join(" "),
  );
}

/** "Ward 5" and "L 5" are no addresses that anybody could be found by. */
export function isStreet(line: string): boolean {
  const keys = tokensOf(line).map(({ key }) => key);
  if (keys.length < 2) return false;
  return hasStreetWord(line) || keys.some((it) => it.length > 3 && !/\d/.test(it) && !isWord(it));
}
