import { Parser } from "htmlparser2";
import type { Steps } from "../../base/breather.js";
import { table } from "../../base/table.js";
import type { Json } from "../elements/values.js";

/** Elements of CDA's header and entries that stand for people, and for places among them (HL7 CDA R2, sections 4.2 and 4.3). */
const PEOPLE: Readonly<Record<string, string>> = table({
  patientrole: "Patient",
  assignedauthor: "Practitioner",
  assignedentity: "Practitioner",
  associatedentity: "RelatedPerson",
  relatedentity: "RelatedPerson",
  intendedrecipient: "Practitioner",
  guardian: "RelatedPerson",
  representedorganization: "Organization",
  providerorganization: "Organization",
  representedcustodianorganization: "Organization",
  serviceproviderorganization: "Organization",
  scopingorganization: "Organization",
  receivedorganization: "Organization",
  wholeorganization: "Organization",
  place: "Location",
});
const NAMES: Readonly<Record<string, "given" | "family">> = table({ given: "given", family: "family" });
const HOMES: Readonly<Record<string, string>> = table({
  ...{ streetaddressline: "line", city: "city", postalcode: "postalCode", state: "state" },
});

interface Person {
  readonly resourceType: string;
  readonly identifier: Json[];
  readonly name: { given: string[]; family: string; text: string }[];
  readonly telecom: Json[];
  readonly address: Record<string, string>[];
  birthDate?: string;
}

/** Characters that are parsed in one go. */
const CHUNK = 32_768;

/**
 * The people of a CDA, as FHIR's resources: its sections name them, and are told. Gives way between the steps of the
 * work.
 */
export function* cdaPeople(xml: string): Steps<Json[]> {
  const people: Person[] = [];
  const open: Person[] = [];
  let into: ((text: string) => void) | undefined;
  const parser = new Parser(
    {
      onopentag: (qualified, attributes) => {
        const name = qualified.slice(qualified.indexOf(":") + 1).toLowerCase();
        const type = PEOPLE[name];
        if (type !== undefined) {
          open.push({ resourceType: type, identifier: [], name: [], telecom: [], address: [] });
          people.push(open.at(-1) as Person);
        }
        const person = open.at(-1);
        if (person === undefined) return;
        into = begin(person, name, attributes);
      },
      ontext: (text) => into?.(text),
      onclosetag: (qualified) => {
        into = undefined;
        if (PEOPLE[qualified.slice(qualified.indexOf(":") + 1).toLowerCase()] !== undefined) open.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  for (let at = 0; at < xml.length; at += CHUNK) {
    parser.write(xml.slice(at, at + CHUNK));
    yield undefined;
  }
  parser.end();
  return people as unknown as Json[];
}

/** @returns where the element's text belongs. */
function begin(
  person: Person,
  name: string,
  attributes: Readonly<Record<string, string>>,
): (text: string) => void {
  const { extension, value } = attributes;
  if (name === "id" && extension) person.identifier.push({ value: extension });
  if (name === "telecom" && value) person.telecom.push({ value: value.replace(/^(?:tel|mailto|fax):/i, "") });
  if (name === "birthtime" && value) person.birthDate = value.replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");
  if (name === "name") person.name.push({ given: [], family: "", text: "" });
  if (name === "addr") person.address.push({});
  const last = person.name.at(-1);
  const home = person.address.at(-1);
  const part = NAMES[name];
  const line = HOMES[name];
  return (text) => {
    const words = text.trim();
    if (last !== undefined && part === "given") last.given.push(words);
    else if (last !== undefined && part === "family") last.family += words;
    else if (last !== undefined && name === "name") last.text += words;
    else if (home !== undefined && line !== undefined) home[line] = words;
  };
}
