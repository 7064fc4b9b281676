import { Pace, type Steps } from "../../base/breather.js";
import { asAddress, asList, asObject, asText, type Json } from "../elements/values.js";
import { ageAt } from "../words/age.js";
import { unreadModifiers } from "../words/modifiers.js";
import { momentOf } from "../words/when.js";

/** Who a record is about, as far as it is told. */
export interface PatientFacts {
  /** Whole years by the calendar, at death for who has died; of a child under two the months as a fraction. */
  readonly age: number | undefined;
  /** The age in words where it is not so many years: `12 days`, `7 months`, `about 64 years`. */
  readonly ageText?: string | undefined;
  /** FHIR's administrative gender. */
  readonly sex: string | undefined;
  /** The day of death, or `true` where only the death is known. */
  readonly deceased?: string | true | undefined;
  /** Only where identity was asked for. */
  readonly name?: string | undefined;
}

export function patientFacts(resource: Json | undefined, now: Date, keep: boolean): PatientFacts {
  if (resource === undefined) return { age: undefined, sex: undefined };
  const death = asText(resource.deceasedDateTime);
  const died = death && momentOf(death)?.day;
  const deceased =
    died ?? (death !== undefined || String(resource.deceasedBoolean) === "true" ? true : undefined);
  const age = ageAt(asText(resource.birthDate) ?? "", died ?? now);
  const name = nameOf(resource);
  return {
    age: age?.years,
    ...(age !== undefined && age.text !== `${age.years} years` && { ageText: age.text }),
    sex: asText(resource.gender),
    ...(deceased !== undefined && { deceased }),
    ...(keep && name !== "" && { name }),
  };
}

/** What of the patient's own data may change what the record means. */
export function* patientWarnings(resource: Json): Steps<string[]> {
  const modified = (yield* unreadModifiers(resource, new Pace())).size > 0;
  const dates = [resource.birthDate, resource.deceasedDateTime].map(asText);
  const links = new Set(asList(resource.link).map((it) => asText(asObject(it)?.type)));
  return [
    ...(modified
      ? ["The patient's own data has a modifier that is not read, which may change what it says."]
      : []),
    ...(resource.deceasedDateTime !== undefined || String(resource.deceasedBoolean) === "true"
      ? ["The patient is recorded as deceased."]
      : []),
    ...(dates.some((it) => it !== undefined && momentOf(it) === undefined)
      ? ["The patient's date of birth or death is no date of the calendar: it was not used."]
      : []),
    ...(String(resource.active) === "false"
      ? ["The patient's record is marked as not active: it may have been made by mistake, or replaced."]
      : []),
    ...(links.has("replaced-by") || links.has("replace")
      ? ["The patient's record has been replaced by another, which is the one to use."]
      : []),
  ];
}

function nameOf(resource: Json): string {
  const named = asObject(asList(resource.name)[0]);
  return (
    asText(named?.text) ?? [...asList(named?.given), named?.family].map(asText).filter(Boolean).join(" ")
  );
}

/** Numbers that two descriptions of one person share. */
export function numbersOf(resource: Json): string[] {
  return asList(resource.identifier).flatMap((it) => {
    const [system, value] = [asText(asObject(it)?.system), asText(asObject(it)?.value)];
    return system === undefined || value === undefined ? [] : [numberMark(system, value)];
  });
}

/** Names of one person, and parts of one, that are compared. */
const MAX_NAMES = 20;

/** Name, birth and gender, which two people hardly share. */
export function likenessOf({ name, birthDate, gender }: Json): string | undefined {
  const names = asList(name).slice(0, MAX_NAMES).map(asObject);
  const told = names.map((it) =>
    [it?.text, it?.family, ...asList(it?.given).slice(0, MAX_NAMES)].map(asText),
  );
  return name === undefined || birthDate === undefined
    ? undefined
    : JSON.stringify([told, asText(birthDate), asText(gender)]);
}

/**
 * Whether two descriptions are hardly of one person: of name, birth and sex two have nothing in common. One alone is
 * corrected, or changes.
 */
export function areTwoPeople(one: Json, other: Json): boolean {
  const [here, there] = [one, other].map(namesOf) as [ReadonlySet<string>, ReadonlySet<string>];
  const differences = [
    here.size > 0 && there.size > 0 && ![...here].some((it) => there.has(it)),
    differs(one.birthDate, other.birthDate),
    differs(one.gender, other.gender),
  ];
  return differences.filter(Boolean).length > 1;
}

function differs(one: unknown, other: unknown): boolean {
  const [here, there] = [asText(one), asText(other)];
  return (
    here !== undefined && there !== undefined && here !== there && here !== "unknown" && there !== "unknown"
  );
}

/** Words of all names. */
function namesOf({ name }: Json): ReadonlySet<string> {
  const parts = asList(name)
    .slice(0, MAX_NAMES)
    .map(asObject)
    .flatMap((it) => [it?.text, it?.family, ...asList(it?.given).slice(0, MAX_NAMES)].map(asText));
  return new Set(
    parts.flatMap((it) => (it ?? "").toLowerCase().split(/[\s,.-]+/)).filter((it) => it.length > 1),
  );
}

export function numberMark(system: string | undefined, value: string): string {
  return `${system ?? ""}|${value}`;
}

/** Addresses of other descriptions of the same person. */
export function linksOf(resource: Json): string[] {
  return asList(resource.link)
    .map((it) => asAddress(asObject(asObject(it)?.other)?.reference))
    .filter((it) => it !== undefined);
}
