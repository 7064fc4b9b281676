import { table } from "../../base/table.js";
import type { Json } from "../elements/values.js";
import type { Segment } from "./parse.js";

/** Fields of persons by segment: what they are called, where they live, how they are reached. */
const PEOPLE: Readonly<
  Record<string, { names?: number[]; staff?: number[]; homes?: number[]; phones?: number[] }>
> = {
  NK1: { names: [2, 30], homes: [4, 32], phones: [5, 6, 31] },
  GT1: { names: [3, 4], homes: [5], phones: [6, 7] },
  IN1: { names: [6, 16], homes: [5, 19], phones: [7] },
  PD1: { staff: [4] },
  PV1: { staff: [7, 8, 9, 17, 52] },
  ORC: { staff: [10, 11, 12, 19], phones: [14], homes: [24] },
  OBR: { staff: [10, 16, 28, 32, 33, 34, 35], phones: [17] },
  OBX: { staff: [16, 25] },
  TXA: { staff: [5, 9, 10, 11, 22] },
  MRG: { names: [7] },
  DG1: { staff: [16] },
  PR1: { staff: [8, 11, 12] },
  ROL: { staff: [4] },
  PRT: { staff: [5] },
  STF: { names: [3] },
  RXE: { staff: [13, 14] },
  RXA: { staff: [10] },
};

/** PID-8, table 0001. */
const GENDERS = table({ M: "male", F: "female", O: "other", U: "unknown" });

/** The patient of PID, as FHIR's resource (HL7's v2-to-FHIR mapping, segment PID). */
export function patientOf(pid: Segment, id: string): Json {
  const identifiers = [2, 4, 18, 19, 20].flatMap((it) => pid.field(it).map(([value]) => ({ value })));
  // A number and who assigned it tell one patient from another (chapter 3.4.2.3).
  const own = pid.field(3).map(([value, , , authority = ""]) => ({ system: `HL7 v2 ${authority}`, value }));
  const death = dayOf(pid.text(29));
  return {
    resourceType: "Patient",
    id,
    identifier: [...own, ...identifiers],
    name: [...names(pid, [5, 6, 9])],
    birthDate: dayOf(pid.text(7))?.slice(0, 10),
    gender: GENDERS[pid.text(8)],
    address: homes(pid, [11]),
    telecom: phones(pid, [13, 14, 40]),
    ...(pid.text(30) === "Y" && { deceasedBoolean: true }),
    ...(death !== undefined && { deceasedDateTime: death }),
  };
}

/** Others that a segment names. */
export function peopleOf(segment: Segment): Json | undefined {
  const fields = PEOPLE[segment.name];
  if (fields === undefined) return undefined;
  const name = [...names(segment, fields.names ?? []), ...staff(segment, fields.staff ?? [])];
  const address = homes(segment, fields.homes ?? []);
  const telecom = phones(segment, fields.phones ?? []);
  if (name.length + address.length + telecom.length === 0) return undefined;
  return {
    resourceType: fields.names === undefined ? "Practitioner" : "RelatedPerson",
    name,
    address,
    telecom,
  };
}

/** XPN: family, given, further given names. */
function names(segment: Segment, fields: readonly number[]): Json[] {
  return fields
    .flatMap((it) => segment.field(it))
    .map(([family = "", ...given]) => ({ family, given: given.slice(0, 2).filter(Boolean) }))
    .filter(({ family, given }) => family !== "" || given.length > 0);
}

/** XCN: id, family, given. */
function staff(segment: Segment, fields: readonly number[]): Json[] {
  return fields
    .flatMap((it) => segment.field(it))
    .map(([, family = "", given = ""]) => ({ family, given: [given].filter(Boolean) }))
    .filter(({ family, given }) => family !== "" || given.length > 0);
}

/** XAD: street, further line, town, state, code. */
function homes(segment: Segment, fields: readonly number[]): Json[] {
  return fields
    .flatMap((it) => segment.field(it))
    .map(([street, other, city, state, postalCode]) => ({
      line: [street, other].filter(Boolean),
      city,
      state,
      postalCode,
    }));
}

/** XTN: the number as a whole, an address of mail, or its parts. */
function phones(segment: Segment, fields: readonly number[]): Json[] {
  return fields
    .flatMap((it) => segment.field(it))
    .flatMap(([whole = "", , , mail = "", country = "", area = "", local = ""]) => [
      whole,
      mail,
      country + area + local,
    ])
    .filter((it) => it !== "")
    .map((value) => ({ value }));
}

/** `20240131` and `202401310815+0100` as FHIR writes them. */
export function dayOf(value: string): string | undefined {
  const [, year, month, day, hour, minute, zone] =
    /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\d\d(?:\.\d+)?)?([+-]\d{4})?/.exec(value) ?? [];
  if (year === undefined) return undefined;
  const date = [year, month, day].filter(Boolean).join("-");
  if (hour === undefined || minute === undefined) return date;
  return `${date}T${hour}:${minute}:00${zone === undefined ? "" : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}
