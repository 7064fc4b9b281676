import type { Json } from "../values.js";
import { isV2, type Segment, segmentsOf } from "./parse.js";
import { dayOf, patientOf, peopleOf } from "./people.js";

/** Segments that say nothing about health: headers, acknowledgements, queries, insurances, appointments. */
const SILENT: ReadonlySet<string> = new Set([
  ...[
    "MSH",
    "EVN",
    "FHS",
    "FTS",
    "BHS",
    "BTS",
    "MSA",
    "ERR",
    "SFT",
    "UAC",
    "PD1",
    "NK1",
    "GT1",
    "ROL",
    "PRT",
    "STF",
  ],
  ...[
    "IN1",
    "IN2",
    "IN3",
    "QRD",
    "QRF",
    "QPD",
    "RCP",
    "QAK",
    "DSC",
    "ORC",
    "TQ1",
    "SPM",
    "CTI",
    "PV2",
    "TXA",
    "MRG",
  ],
]);

/** ORC-1, HL7 table 0119: what came of an order. */
const ORDERS: Readonly<Record<string, string>> = {
  ...{
    CA: "cancelled",
    OC: "cancelled",
    CR: "cancelled",
    UA: "cancelled",
    DC: "stopped",
    OD: "stopped",
    DR: "stopped",
  },
  ...{ HD: "on-hold", OH: "on-hold", HR: "on-hold" },
};
/** OBX-11, table 0085. */
const RESULTS: Readonly<Record<string, string>> = {
  ...{ F: "final", C: "corrected", A: "amended", P: "preliminary", R: "preliminary", S: "preliminary" },
  ...{ D: "entered-in-error", W: "entered-in-error", X: "cancelled", I: "registered" },
};
const CLASSES: Readonly<Record<string, string>> = { I: "inpatient", O: "outpatient", E: "emergency" };

/**
 * What an HL7 v2 text says, as FHIR's resources: patients and people first to be known, then results, allergies, diagnoses,
 * procedures, medicines, vaccinations and notes.
 * @param skip Called with each segment that is not read.
 */
export function* v2Resources(text: string, skip: (name: string) => void): Generator<Json, void, void> {
  const reader = new MessageReader(skip);
  for (const segment of segmentsOf(text)) yield* reader.take(segment);
  yield* reader.end();
}

export { isV2 };

class MessageReader {
  /** What notes and further lines belong to. */
  #open: Record<string, unknown> | undefined;
  #report: { code: Json | undefined; date: string | undefined; status: string | undefined } | undefined;
  /** Lines of a text that comes in several OBX. */
  #lines: string[] = [];
  #linesOf: Record<string, unknown> | undefined;
  #order: string | undefined;

  constructor(private readonly skip: (name: string) => void) {}

  *take(segment: Segment): Generator<Json, void, void> {
    const people = peopleOf(segment);
    if (people !== undefined) yield people;
    switch (segment.name) {
      case "MSH":
        yield* this.end();
        this.#report = undefined;
        this.#order = undefined;
        return;
      case "PID":
        yield patientOf(segment);
        return;
      case "ORC":
        this.#order = ORDERS[segment.text(1)];
        return;
      case "OBR":
        yield* this.end();
        this.#report = {
          code: concept(segment, 4),
          date: dayOf(segment.text(7)),
          status: RESULTS[segment.text(25)],
        };
        return;
      case "TXA":
        yield* this.end();
        this.#report = {
          code: concept(segment, 2),
          date: dayOf(segment.text(4)) ?? dayOf(segment.text(6)),
          status: undefined,
        };
        return;
      case "OBX":
        yield* this.#result(segment);
        return;
      case "NTE":
        yield* this.#note(segment);
        return;
      case "RXR":
        this.#addDose({ route: concept(segment, 1) });
        return;
      case "TQ1":
        this.#addDose({
          timing: { code: concept(segment, 3) },
          patientInstruction: segment.text(11) || undefined,
        });
        return;
    }
    const make = MAKERS[segment.name];
    if (make !== undefined) {
      yield* this.end();
      this.#open = { ...make(segment) };
      if (this.#order !== undefined && "dosageInstruction" in this.#open) this.#open.status = this.#order;
    } else if (!SILENT.has(segment.name)) this.skip(segment.name);
  }

  /** What is still open. */
  *end(): Generator<Json, void, void> {
    if (this.#linesOf !== undefined) {
      const data = Buffer.from(this.#lines.join("\n")).toString("base64");
      yield { ...this.#linesOf, presentedForm: [{ contentType: "text/plain; charset=utf-8", data }] };
      this.#linesOf = undefined;
      this.#lines = [];
    }
    if (this.#open !== undefined) yield this.#open;
    this.#open = undefined;
  }

  *#result(segment: Segment): Generator<Json, void, void> {
    const type = segment.text(2);
    const code = concept(segment, 3);
    const date = dayOf(segment.text(14)) ?? this.#report?.date;
    const status = RESULTS[segment.text(11)] ?? this.#report?.status;
    if (/^(?:TX|FT)$/.test(type)) {
      const lines = segment.field(5).map((it) => it.join(" "));
      const same =
        this.#linesOf !== undefined && isSame(this.#linesOf.code, code) && this.#linesOf.status === status;
      if (!same) {
        yield* this.end();
        const about = this.#report?.code ?? code;
        this.#linesOf = {
          resourceType: "DiagnosticReport",
          code: code ?? about,
          effectiveDateTime: date,
          status,
        };
      }
      this.#lines.push(...lines);
      return;
    }
    yield* this.end();
    const interpretation = segment.field(8).flatMap(([it = ""]) => it.split("~"));
    const range = segment.text(7);
    this.#open = {
      resourceType: "Observation",
      code,
      effectiveDateTime: date,
      status,
      ...valueIn(segment, type),
      ...(interpretation.length > 0 && {
        interpretation: interpretation.map((it) => ({ text: FLAGS[it] ?? it })),
      }),
      ...(range !== "" && { referenceRange: [{ text: range }] }),
    };
  }

  *#note(segment: Segment): Generator<Json, void, void> {
    const text = segment
      .field(3)
      .map((it) => it.join(" "))
      .join("\n");
    if (text.trim() === "") return;
    if (this.#linesOf !== undefined) this.#lines.push(text);
    else if (this.#open !== undefined) {
      this.#open.note = [...((this.#open.note as unknown[] | undefined) ?? []), { text }];
    } else {
      yield {
        resourceType: "Observation",
        code: this.#report?.code ?? { text: "Note" },
        effectiveDateTime: this.#report?.date,
        valueString: text,
      };
    }
  }

  #addDose(more: Json): void {
    const [dosage] = (this.#open?.dosageInstruction as Json[] | undefined) ?? [];
    if (this.#open !== undefined && dosage !== undefined)
      this.#open.dosageInstruction = [{ ...dosage, ...more }];
  }
}

/** Table 0078, of which the codes alone say little. */
const FLAGS: Readonly<Record<string, string>> = {
  ...{ L: "Low", H: "High", LL: "Critically low", HH: "Critically high", N: "Normal", A: "Abnormal" },
  ...{
    AA: "Critically abnormal",
    S: "Susceptible",
    R: "Resistant",
    I: "Intermediate",
    POS: "Positive",
    NEG: "Negative",
  },
};

type Maker = (segment: Segment) => Json;

const MAKERS: Readonly<Record<string, Maker>> = {
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
      category: [{ text: { A: "admitting", W: "working", F: "final" }[it.text(6)] ?? it.text(6) }],
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
  RXA: (it) => ({
    resourceType: "Immunization",
    status:
      it.text(21) === "D" ? "entered-in-error" : /^(?:RE|NA)$/.test(it.text(20)) ? "not-done" : "completed",
    vaccineCode: concept(it, 5),
    occurrenceDateTime: dayOf(it.text(3)),
  }),
};

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
  const grade = { SV: "severe", MO: "moderate", MI: "mild" }[segment.text(severity)];
  if (said.length === 0 && grade === undefined) return undefined;
  return [{ manifestation: said.map((text) => ({ text })), ...(grade && { severity: grade }) }];
}

/** CE and CWE: the words, else those of the other coding, else the code. */
function concept(segment: Segment, index: number): Json | undefined {
  const [first] = segment.field(index);
  if (first === undefined) return undefined;
  const text = first[8] || first[1] || first[4] || first[0];
  return text ? { text } : undefined;
}

function valueIn(segment: Segment, type: string): Json {
  const values = segment.field(5);
  if (values.length === 0) return {};
  const unit = segment.text(6, 2) || segment.text(6);
  const first = values[0] as readonly string[];
  if (type === "ED") return { presentedForm: [attachment(first)] };
  if (type === "RP") return { presentedForm: [{ contentType: "application/octet-stream", url: first[0] }] };
  if (type === "CE" || type === "CWE" || type === "CNE") {
    return { valueCodeableConcept: { text: values.map((it) => it[8] || it[1] || it[0]).join(", ") } };
  }
  if (type === "SN") return { valueString: [first.join(""), unit].filter(Boolean).join(" ") };
  if (/^(?:DT|TS|DTM)$/.test(type)) return { valueDateTime: dayOf(first[0] ?? "") ?? first[0] };
  if (type === "NM" && values.length === 1)
    return { valueQuantity: { value: first[0], unit: unit || undefined } };
  const said = values.map((it) => it.filter(Boolean).join(" ")).join("\n");
  return { valueString: unit === "" ? said : `${said} ${unit}` };
}

/** ED: where from, kind, form, encoding, data. */
function attachment([, kind = "", form = "", encoding = "", data = ""]: readonly string[]): Json {
  const isText = /^(?:TEXT|FT|TX)$/i.test(kind) || kind === "";
  const type = kind.includes("/")
    ? kind
    : `${isText ? "text" : kind.toLowerCase()}/${form.toLowerCase() || "plain"}`;
  const encoded = /^base64$/i.test(encoding) ? data : Buffer.from(data).toString("base64");
  return { contentType: type.replace("application/rtf", "text/rtf"), data: encoded };
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
