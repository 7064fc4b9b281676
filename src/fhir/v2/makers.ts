import { table } from "../../base/table.js";
import type { Json } from "../elements/values.js";
import type { Segment } from "./parse.js";
import { dayOf } from "./people.js";
import { concept } from "./values.js";

/** DG1-6, table 0052, and AL1-4, table 0128. */
const DIAGNOSES = table({ A: "admitting", W: "working", F: "final" });
const GRADES = table({ SV: "severe", MO: "moderate", MI: "mild" });
const CLASSES: Readonly<Record<string, string>> = table({ I: "inpatient", O: "outpatient", E: "emergency" });

type Maker = (segment: Segment) => Json;

/** Segments that are resources by themselves. */
export const MAKERS: Readonly<Record<string, Maker>> = table({
  AL1: (it) => ({
    resourceType: "AllergyIntolerance",
    code: concept(it, 3),
    reaction: reaction(it, 5, 4),
    recordedDate: dayOf(it.text(6)),
  }),
  IAM: (it) => ({
    resourceType: "AllergyIntolerance",
    code: concept(it, 3),
    reaction: reaction(it, 5, 4),
    recordedDate: dayOf(it.text(13)) ?? dayOf(it.text(20)),
    ...(it.text(6) === "D" && { verificationStatus: { coding: [{ code: "entered-in-error" }] } }),
    ...(it.text(17) !== "" && { clinicalStatus: concept(it, 17) }),
  }),
  DG1: (it) => ({
    resourceType: "Condition",
    code: concept(it, 3) ?? { text: it.text(4) },
    recordedDate: dayOf(it.text(5)),
    ...(it.text(6) !== "" && {
      category: [{ text: DIAGNOSES[it.text(6)] ?? it.text(6) }],
    }),
    ...(it.text(21) === "D" && { verificationStatus: { coding: [{ code: "entered-in-error" }] } }),
  }),
  PRB: (it) => ({
    resourceType: "Condition",
    code: concept(it, 3),
    recordedDate: dayOf(it.text(2)),
    onsetDateTime: dayOf(it.text(16)),
    ...(it.text(14) !== "" && { clinicalStatus: concept(it, 14) }),
    ...(it.text(13) !== "" && { verificationStatus: concept(it, 13) }),
    ...(it.text(1) === "DE" && { verificationStatus: { coding: [{ code: "entered-in-error" }] } }),
  }),
  PR1: (it) => ({
    resourceType: "Procedure",
    code: concept(it, 3) ?? { text: it.text(4) },
    performedDateTime: dayOf(it.text(5)),
  }),
  PV1: (it) => ({
    resourceType: "Encounter",
    class: { text: CLASSES[it.text(2)] ?? it.text(2) },
    period: { start: dayOf(it.text(44)), end: dayOf(it.text(45)) },
  }),
  RXO: (it) => medicine(it, 1, [2, 4], 6),
  RXE: (it) => medicine(it, 2, [3, 5], 7),
  RXD: (it) => ({ ...medicine(it, 2, [4, 5], 9), resourceType: "MedicationDispense" }),
  // A reason of refusal (RXA-18) without a completion status says that nothing was given.
  RXA: (it) => ({
    resourceType: "Immunization",
    status:
      it.text(21) === "D"
        ? "entered-in-error"
        : /^(?:RE|NA)$/.test(it.text(20)) || (it.text(18) !== "" && !/^(?:CP|PA)$/.test(it.text(20)))
          ? "not-done"
          : "completed",
    ...(it.text(18) !== "" && { statusReason: concept(it, 18) }),
    vaccineCode: concept(it, 5),
    occurrenceDateTime: dayOf(it.text(3)),
  }),
});

function medicine(segment: Segment, code: number, [amount, unit]: [number, number], words: number): Json {
  const said = segment
    .field(words)
    .map((it) => it[1] || it[0])
    .filter(Boolean)
    .join(", ");
  const dose =
    segment.text(amount) === ""
      ? undefined
      : { value: segment.text(amount), unit: segment.text(unit, 2) || segment.text(unit) };
  return {
    resourceType: "MedicationRequest",
    medicationCodeableConcept: concept(segment, code),
    dosageInstruction: [
      { ...(said !== "" && { text: said }), ...(dose && { doseAndRate: [{ doseQuantity: dose }] }) },
    ],
  };
}

function reaction(segment: Segment, words: number, severity: number): Json[] | undefined {
  const said = segment
    .field(words)
    .map((it) => it[1] || it[0])
    .filter(Boolean);
  const grade = GRADES[segment.text(severity)];
  if (said.length === 0 && grade === undefined) return undefined;
  return [{ manifestation: said.map((text) => ({ text })), ...(grade && { severity: grade }) }];
}
