import { Pace } from "../../base/breather.js";
import { isSame } from "../elements/same.js";
import type { Json } from "../elements/values.js";
import { type Event, eventOf } from "./events.js";
import { Instances } from "./instances.js";
import { MAKERS } from "./makers.js";
import { isV2, type Segment, segmentsOf } from "./parse.js";
import { dayOf, patientOf, peopleOf } from "./people.js";
import { FLAGS, NUMBERED, ORDERED, ORDERS, RESULTS, SILENT } from "./tables.js";
import { concept, valueIn } from "./values.js";

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

/** What OBR or TXA say of the lines after them. */
interface Report {
  readonly code: Json | undefined;
  readonly date: string | undefined;
  readonly status: string | undefined;
  /** Of the order, or the document. */
  readonly number: string;
  readonly isDocument?: boolean;
}

class MessageReader {
  /** What notes and further lines belong to. */
  #open: Record<string, unknown> | undefined;
  #report: Report | undefined;
  /** Lines of a text that comes in several OBX. */
  #lines: string[] = [];
  #linesOf: Record<string, unknown> | undefined;
  /** Of what is open. */
  #notes: Json[] = [];
  #order: string | undefined;
  /** ORC-3, else ORC-2: what came of the order has it too. */
  #orderNumber = "";
  #event: Event | undefined;
  readonly #instances = new Instances();
  /** Periods of visits by their numbers: a later message may leave out what an earlier one says. */
  readonly #visits = new Map<string, Json>();
  /** Number and name of the patient, the same in all messages. */
  #person = "";
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
        this.#orderNumber = "";
        this.#patient = undefined;
        this.#person = "";
        this.#event = eventOf(segment);
        this.#instances.beginMessage(dayOf(segment.text(7)));
        return;
      case "PID": {
        yield* this.end();
        this.#person = [segment.text(3), segment.text(3, 4), segment.text(3) || segment.text(5)].join("^");
        const id = `v2-${++this.#patients}`;
        this.#patient = `Patient/${id}`;
        yield patientOf(segment, id);
        return;
      }
      case "ORC":
        this.#order = ORDERS[segment.text(1)];
        this.#orderNumber = segment.text(3) || segment.text(2);
        return;
      case "OBR":
        yield* this.end();
        this.#instances.beginGroup();
        this.#report = {
          code: concept(segment, 4),
          date: dayOf(segment.text(7)),
          status: RESULTS[segment.text(25)],
          number: segment.text(3) || segment.text(2) || this.#orderNumber,
        };
        return;
      case "TXA":
        yield* this.end();
        this.#instances.beginGroup();
        this.#report = {
          code: concept(segment, 2),
          date: dayOf(segment.text(4)) ?? dayOf(segment.text(6)),
          status: undefined,
          // A replacement names what it replaces (TXA-13).
          number: segment.text(13) || segment.text(12),
          isDocument: true,
        };
        return;
      case "PV1":
        yield* this.#visit(segment);
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
      this.#open = { ...make(segment), ...this.#instances.thing(this.#keyOf(segment)) };
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

  /** Of one visit the newest message tells; results and orders name the visit only besides. */
  *#visit(segment: Segment): Generator<Json, void, void> {
    yield* this.end();
    const [make, number, event] = [MAKERS.PV1, segment.text(19), this.#event];
    const known = this.#visits.get(number);
    if (make === undefined || (number !== "" && known !== undefined && event?.isAdt !== true)) return;
    const own = make(segment);
    const { start, end } = own.period as Json;
    const period = {
      start: start ?? known?.start,
      end: event?.cancelsDischarge === true ? undefined : (end ?? known?.end),
    };
    if (number !== "") this.#visits.set(number, period);
    this.#open = {
      ...own,
      period,
      ...(event?.visit !== undefined && { status: event.visit }),
      ...this.#instances.thing(number && `PV1 ${this.#person} ${number}`),
    };
  }

  /** What tells a segment's thing from others, in whatever message it comes. */
  #keyOf(segment: Segment): string {
    const { name } = segment;
    const field = NUMBERED[name];
    const number = field === undefined ? "" : segment.text(field);
    const ordered = ORDERED[name];
    const own =
      ordered === undefined || this.#orderNumber === ""
        ? number
        : [this.#orderNumber, ...ordered.map((it) => segment.text(it) || segment.text(it, 2))].join("^");
    return own && `${name} ${this.#person} ${own}`;
  }

  #resultOf(segment: Segment): Json {
    const { number = "", date, code } = this.#report ?? {};
    const test = [
      ...[this.#person, segment.text(3) || segment.text(3, 2), segment.text(3, 3), segment.text(4)],
      date ?? segment.text(14),
      number === "" ? JSON.stringify(code) : "",
    ].join("^");
    return this.#instances.result({ order: number, test, status: segment.text(11) });
  }

  #owned(resource: Json): Json {
    return this.#patient === undefined ? resource : { ...resource, subject: { reference: this.#patient } };
  }

  *#result(segment: Segment): Generator<Json, void, void> {
    const type = segment.text(2);
    const code = concept(segment, 3);
    const date = dayOf(segment.text(14)) ?? this.#report?.date;
    const { status: reported, isDocument } = this.#report ?? {};
    const cancelled = isDocument === true && this.#event?.cancelsDocument === true;
    const status = cancelled ? "entered-in-error" : (RESULTS[segment.text(11)] ?? reported);
    if (/^(?:TX|FT)$/.test(type)) {
      const lines = segment.field(5).map((it) => it.join(" "));
      const same =
        this.#linesOf !== undefined && isSame(this.#linesOf.code, code) && this.#linesOf.status === status;
      if (!same) {
        yield* this.end();
        const about = this.#report?.code ?? code;
        this.#linesOf = {
          resourceType: "DiagnosticReport",
          ...this.#resultOf(segment),
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
      ...this.#resultOf(segment),
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
