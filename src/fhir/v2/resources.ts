import { table } from "../../table.js";
import { Pace } from "../steps.js";
import type { Json } from "../values.js";
import { MAKERS } from "./makers.js";
import { isV2, type Segment, segmentsOf } from "./parse.js";
import { dayOf, patientOf, peopleOf } from "./people.js";
import { concept, valueIn } from "./values.js";

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
const ORDERS: Readonly<Record<string, string>> = table({
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
});
/** OBX-11, table 0085. */
const RESULTS: Readonly<Record<string, string>> = table({
  ...{ F: "final", C: "corrected", A: "amended", P: "preliminary", R: "preliminary", S: "preliminary" },
  ...{ D: "entered-in-error", W: "entered-in-error", X: "cancelled", I: "registered" },
});

/**
 * What an HL7 v2 text says, as FHIR's resources: patients and people first to be known, then results, allergies, diagnoses,
 * procedures, medicines, vaccinations and notes; undefined where it gives way.
 * @param skip Called with each segment that is not read.
 */
export function* v2Resources(
  text: string,
  skip: (name: string) => void,
): Generator<Json | undefined, void, void> {
  const reader = new MessageReader(skip);
  const pace = new Pace();
  for (const segment of segmentsOf(text)) {
    if (pace.isDue(segment.length)) yield undefined;
    yield* reader.take(segment);
  }
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
  /** Of what is open. */
  #notes: Json[] = [];
  #order: string | undefined;
  /** Whose the segments are: a text may hold messages about several patients, and a message several PID. */
  #patient: string | undefined;
  #patients = 0;

  constructor(private readonly skip: (name: string) => void) {}

  *take(segment: Segment): Generator<Json, void, void> {
    const people = peopleOf(segment);
    if (people !== undefined) yield people;
    switch (segment.name) {
      case "MSH":
        yield* this.end();
        this.#report = undefined;
        this.#order = undefined;
        this.#patient = undefined;
        return;
      case "PID": {
        yield* this.end();
        const id = `v2-${++this.#patients}`;
        this.#patient = `Patient/${id}`;
        yield patientOf(segment, id);
        return;
      }
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
      yield this.#owned({
        ...this.#linesOf,
        presentedForm: [{ contentType: "text/plain; charset=utf-8", data }],
      });
      this.#linesOf = undefined;
      this.#lines = [];
    }
    if (this.#open !== undefined) yield this.#owned(this.#open);
    this.#open = undefined;
    this.#notes = [];
  }

  #owned(resource: Json): Json {
    return this.#patient === undefined ? resource : { ...resource, subject: { reference: this.#patient } };
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
      for (const line of lines) this.#lines.push(line);
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
      this.#notes.push({ text });
      this.#open.note = this.#notes;
    } else {
      yield this.#owned({
        resourceType: "Observation",
        code: this.#report?.code ?? { text: "Note" },
        effectiveDateTime: this.#report?.date,
        valueString: text,
      });
    }
  }

  #addDose(more: Json): void {
    const [dosage] = (this.#open?.dosageInstruction as Json[] | undefined) ?? [];
    if (this.#open !== undefined && dosage !== undefined)
      this.#open.dosageInstruction = [{ ...dosage, ...more }];
  }
}

/** Table 0078, of which the codes alone say little. */
const FLAGS: Readonly<Record<string, string>> = table({
  ...{ L: "Low", H: "High", LL: "Critically low", HH: "Critically high", N: "Normal", A: "Abnormal" },
  ...{
    AA: "Critically abnormal",
    S: "Susceptible",
    R: "Resistant",
    I: "Intermediate",
    POS: "Positive",
    NEG: "Negative",
  },
});

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
