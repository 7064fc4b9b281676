import { badOption, throwIfAborted } from "../errors.js";
import { describe, longTexts, NOT_CLINICAL } from "./describe.js";
import { Identity } from "./identity.js";
import { Breather, splitResources, unreadable } from "./split-json.js";
import { paragraphs } from "./text-record.js";
import { asList, asObject, asText, conceptText, dateOf, type Json } from "./values.js";

/** One thing that a record says. */
export interface RecordEntry {
  /** `E1`, `E2`, ... in order of time; what statements point to. */
  readonly id: string;
  /** FHIR's resource type, or `Text`. */
  readonly type: string;
  /** As `2021-03-04`, or as much of it as is known. */
  readonly date: string | undefined;
  /** One line. Without identity, unless it was asked for. */
  readonly text: string;
}

export interface PatientRecord {
  readonly entries: readonly RecordEntry[];
  readonly patient: {
    readonly age: number | undefined;
    readonly sex: string | undefined;
    readonly name?: string;
  };
  /** Resources by type that are not about health (practitioners, claims, ...) and were left out. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** A FHIR R4 Bundle or resource as an object, a list of resources, JSON or NDJSON text, or plain text. */
export type RecordInput = string | object;

export interface ReadRecordOptions {
  /** Keeps names, numbers and addresses. Defaults to `false`. */
  identity?: boolean;
  /** The day that ages are counted to. Defaults to today. */
  now?: Date;
  signal?: AbortSignal;
}

/** Characters of an entry; what is longer is cut or, of notes, becomes several entries. */
const MAX_TEXT = 1200;
const MAX_ENTRIES = 200_000;

interface Draft {
  readonly type: string;
  readonly date: string | undefined;
  readonly text: string;
}

/**
 * Reads a record into entries. Works through it in pieces: memory is that of the entries, and the event loop is not
 * held, also for records of many megabytes.
 * @throws MedGemmaError `bad_option`, `record_unreadable`, `aborted`.
 */
export async function readRecord(
  input: RecordInput,
  options: ReadRecordOptions = {},
): Promise<PatientRecord> {
  const { identity: keep = false, now = new Date(), signal } = options;
  const text = typeof input === "string" ? input.replace(/^\uFEFF/, "") : undefined;
  if (text !== undefined && text.trim() === "") throw badOption("record", "some words or resources", input);
  if (text !== undefined && /^\s*</.test(text))
    throw unreadable("it is XML, and only JSON and text are read");
  const identity = new Identity();
  if (text !== undefined && !/^\s*[[{]/.test(text)) {
    const drafts = paragraphs(text, MAX_TEXT, keep ? undefined : (line) => identity.redact(line));
    return finish(drafts, keep ? undefined : identity, { age: undefined, sex: undefined }, {}, signal);
  }
  const collector = new Collector(identity, now, keep);
  const breather = new Breather();
  for await (const resource of text === undefined ? listed(input as object) : splitResources(text)) {
    throwIfAborted(signal);
    collector.take(resource);
    await breather.breathe();
  }
  if (collector.seen === 0) throw unreadable("it holds no FHIR resources");
  return finish(
    collector.drafts(),
    keep ? undefined : identity,
    collector.patient,
    collector.skipped,
    signal,
  );
}

async function* listed(input: object): AsyncGenerator<unknown, void, void> {
  if (Array.isArray(input)) yield* input;
  else if ("entry" in input && Array.isArray(input.entry)) yield* input.entry;
  else yield input;
}

class Collector {
  seen = 0;
  patient: PatientRecord["patient"] = { age: undefined, sex: undefined };
  readonly skipped: Record<string, number> = {};
  /** Described when all names are known. */
  readonly #resources: Json[] = [];
  readonly #names = new Map<string, string>();
  /** Lines that name somebody can be told as long as they are lines. */
  readonly #clean = (line: string) => (this.keep ? line : this.identity.redact(line));

  constructor(
    private readonly identity: Identity,
    private readonly now: Date,
    private readonly keep: boolean,
  ) {}

  take(value: unknown): void {
    const outer = asObject(value);
    const resource = asObject(outer?.resource) ?? outer;
    const type = asText(resource?.resourceType);
    if (resource === undefined || type === undefined) return;
    this.seen++;
    if (type === "Bundle") {
      for (const entry of asList(resource.entry)) this.take(entry);
      return;
    }
    this.identity.learn(resource);
    const name = conceptText(resource.code);
    if (name !== undefined && (type === "Medication" || type === "Condition" || type === "Observation")) {
      const id = asText(resource.id);
      const url = asText(outer?.fullUrl);
      if (id !== undefined) this.#names.set(`${type}/${id}`, name);
      if (url !== undefined) this.#names.set(url, name);
    }
    if (type === "Patient") this.#takePatient(resource);
    if (NOT_CLINICAL.has(type)) this.skipped[type] = (this.skipped[type] ?? 0) + 1;
    else if (this.#resources.length < MAX_ENTRIES) this.#resources.push(slim(resource));
  }

  *drafts(): Generator<Draft, void, void> {
    for (const resource of this.#resources) {
      const [type, date] = [String(resource.resourceType), dateOf(resource)];
      const text = describe(resource, this.#names);
      if (text !== "") yield { type, date, text };
      for (const long of longTexts(resource)) {
        for (const part of paragraphs(long, MAX_TEXT, this.#clean))
          yield { type, date: date ?? part.date, text: part.text };
      }
    }
  }

  #takePatient(resource: Json): void {
    const born = Date.parse(asText(resource.birthDate) ?? "");
    const died = Date.parse(asText(resource.deceasedDateTime) ?? "");
    const until = Number.isNaN(died) ? this.now.getTime() : died;
    const age = Number.isNaN(born) ? undefined : Math.floor((until - born) / (365.2425 * 86_400_000));
    const named = asObject(asList(resource.name)[0]);
    const name =
      asText(named?.text) ?? [...asList(named?.given), named?.family].map(asText).filter(Boolean).join(" ");
    this.patient = { age, sex: asText(resource.gender), ...(this.keep && name !== "" && { name }) };
  }
}

/** Without what is never shown, so that a large record takes little memory. */
function slim(resource: Json): Json {
  const {
    text: _narrative,
    meta: _meta,
    subject: _subject,
    performer: _performer,
    extension: _extension,
    ...rest
  } = resource;
  return rest;
}

async function finish(
  drafts: Iterable<Draft>,
  identity: Identity | undefined,
  patient: PatientRecord["patient"],
  skipped: PatientRecord["skipped"],
  signal: AbortSignal | undefined,
): Promise<PatientRecord> {
  const breather = new Breather();
  const found: Draft[] = [];
  for (const { type, date, text } of drafts) {
    throwIfAborted(signal);
    const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} ...` : text;
    found.push({ type, date, text: identity === undefined ? cut : identity.redact(cut) });
    await breather.breathe();
  }
  if (found.length === 0) throw unreadable("it holds nothing about the patient's health");
  // Sorting is stable: what has no date keeps its place before what has.
  found.sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? -1 : (a.date ?? "") > (b.date ?? "") ? 1 : 0));
  const entries = found.map((draft, index) => ({ id: `E${index + 1}`, ...draft }));
  return { entries, patient, skipped };
}
