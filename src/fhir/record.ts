import { badOption, throwIfAborted } from "../errors.js";
import { describe } from "./describe.js";
import { Identity } from "./identity.js";
import { listedIds } from "./listed-ids.js";
import { isEnteredInError, isProhibition, unreadModifiers } from "./modifiers.js";
import { documentsWithin, longTexts, narrativeAdds, narrativeOf } from "./narrative.js";
import { countRedacted, redactionWarnings } from "./redaction.js";
import { References } from "./references.js";
import { shortened } from "./scopes.js";
import { Breather, splitResources, unreadable } from "./split-json.js";
import { cdaPeople } from "./text/cda-people.js";
import { linesOf, paragraphs } from "./text-record.js";
import { NAMED, NOT_CLINICAL } from "./types.js";
import { isV2, v2Resources } from "./v2/resources.js";
import { asList, asObject, asText, dateOf, type Json } from "./values.js";

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
  /** It says what must not be done to the patient: an order not to resuscitate, a consent denied. Else undefined. */
  readonly prohibition?: true;
}

export interface PatientRecord {
  readonly entries: readonly RecordEntry[];
  readonly patient: {
    readonly age: number | undefined;
    readonly sex: string | undefined;
    readonly name?: string;
  };
  /**
   * Resources that were left out, by type: those not about health (practitioners, claims, ...), and as
   * `Condition (entered in error)` and `Goal (no text)` those that were withdrawn or say nothing.
   */
  readonly skipped: Readonly<Record<string, number>>;
  /** What was replaced in the entries, by what stands there in brackets: `{ name: 12, telephone: 1 }`. */
  readonly redacted: Readonly<Record<string, number>>;
  /** What may make the entries say something else than the record does. */
  readonly warnings: readonly string[];
}

/** A FHIR R4 Bundle or resource as an object, a list of resources, JSON or NDJSON text, HL7 v2 messages, or plain text. */
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
/** Bundles in one another that are read. */
const MAX_BUNDLES = 16;

interface Draft {
  readonly type: string;
  readonly date: string | undefined;
  readonly text: string;
  /** It has a modifier that is not read. */
  readonly modified?: boolean;
  /** It has words that are also names. */
  readonly kept?: boolean;
  readonly prohibition?: boolean;
}

/**
 * Reads a record into entries. Works through it in pieces, so that the event loop is not held, also for records of many
 * megabytes. Memory is that of the resources that become entries, which are kept until all of them are read because
 * they refer to one another; of those not about health only type and id are kept.
 * @throws MedGemmaError `bad_option`, `record_unreadable`, `aborted`.
 */
export async function readRecord(
  input: RecordInput,
  options: ReadRecordOptions = {},
): Promise<PatientRecord> {
  const { identity: keep = false, now = new Date(), signal } = options;
  const text = typeof input === "string" ? input.replace(/^\uFEFF/, "") : undefined;
  if (text !== undefined && text.trim() === "") throw badOption("record", "some words or resources", input);
  if (text !== undefined && /^\s*<[?!a-z]/i.test(text))
    throw unreadable("it is XML, and only JSON, HL7 v2 and text are read");
  const identity = new Identity();
  if (text !== undefined && !isJson(text) && !isV2(text)) {
    const drafts = paragraphs(text, MAX_TEXT, keep ? undefined : (line) => identity.redact(line));
    return finish(
      drafts,
      keep ? undefined : identity,
      {
        patient: { age: undefined, sex: undefined },
        skipped: {},
        warnings: [],
      },
      signal,
    );
  }
  const collector = new Collector(identity, now, keep);
  const breather = new Breather();
  for await (const resource of collector.resourcesOf(text ?? (input as object))) {
    throwIfAborted(signal);
    collector.take(resource);
    await breather.breathe();
  }
  collector.check();
  return finish(collector.drafts(), keep ? undefined : identity, collector, signal);
}

/** Begins as an object or a list of them does; text may begin with a bracket, too: "[x] smoker", "[2024-01-05] visit". */
function isJson(text: string): boolean {
  return /^\s*(?:\[\s*\{|\{\s*"|\[\s*\]\s*$|\{\s*\}\s*$)/.test(text);
}

async function* listed(input: object): AsyncGenerator<unknown, void, void> {
  if (Array.isArray(input)) yield* input;
  else if ("entry" in input && Array.isArray(input.entry) && !isList(input)) yield* input.entry;
  else yield input;
}

/** FHIR's List has entries too, but they are no resources. */
function isList(input: object): boolean {
  return "resourceType" in input && input.resourceType === "List";
}

class Collector {
  /** Things that came, whatever they are. */
  #taken = 0;
  /** Those of them that are resources, but for bundles. */
  #seen = 0;
  patient: PatientRecord["patient"] = { age: undefined, sex: undefined };
  readonly skipped: Record<string, number> = {};
  readonly warnings: string[] = [];
  /** Described when all that they refer to is known. */
  readonly #resources: Json[] = [];
  readonly #refs = new References();
  #patients = 0;
  /** Resources with a text whose character set nothing tells. */
  #guessed = 0;
  /** Lines that name somebody can be told as long as they are lines. */
  readonly #clean = (line: string) => (this.keep ? line : this.identity.redact(line));

  constructor(
    private readonly identity: Identity,
    private readonly now: Date,
    private readonly keep: boolean,
  ) {}

  resourcesOf(input: string | object): AsyncIterable<unknown> | Iterable<unknown> {
    if (typeof input !== "string") return listed(input);
    return isV2(input) ? v2Resources(input, this.#unreadSegment) : splitResources(input);
  }

  readonly #unreadSegment = (name: string) => this.#skip(`HL7 v2 segment ${name}`);

  take(value: unknown, depth = 0): void {
    const outer = asObject(value);
    const resource = asObject(outer?.resource) ?? outer;
    const type = asText(resource?.resourceType);
    if (type !== "Bundle") this.#taken++;
    if (resource === undefined || type === undefined) {
      this.#skip("(no resource)");
      return;
    }
    if (type === "Bundle" && depth >= MAX_BUNDLES) {
      this.#taken++;
      this.#skip("Bundle (nested too deep)");
      return;
    }
    if (type === "Bundle") {
      for (const entry of asList(resource.entry)) this.take(entry, depth + 1);
      return;
    }
    this.#seen++;
    this.identity.learn(resource);
    for (const own of asList(resource.contained).map(asObject)) if (own) this.identity.learn(own);
    const kept = slim(resource);
    // What is never told is only known to be there, so that references to it are not said to be missing.
    const known = NOT_CLINICAL.has(type) && !NAMED.has(type) ? { resourceType: type, id: resource.id } : kept;
    this.#refs.add(known, asText(outer?.fullUrl));
    if (type === "Patient") this.#takePatient(resource);
    if (NOT_CLINICAL.has(type)) this.#skip(type);
    else if (isEnteredInError(resource)) this.#skip(`${type} (entered in error)`);
    else if (this.#resources.length < MAX_ENTRIES) {
      this.#resources.push(kept);
      this.#takeDocuments(kept, depth);
    } else this.#skip(`${type} (too many)`);
  }

  #takeDocuments(resource: Json, depth: number): void {
    if (depth >= MAX_BUNDLES) return;
    const { v2, cda } = documentsWithin(resource, this.#refs);
    for (const person of cda.flatMap(cdaPeople)) this.identity.learn(person);
    for (const message of v2) {
      for (const own of v2Resources(message, this.#unreadSegment)) this.take(own, depth + 1);
    }
  }

  /** @throws MedGemmaError `record_unreadable` where no resource has come. */
  check(): void {
    if (this.#seen > 0) return;
    throw unreadable(
      this.#taken === 0
        ? "it is a Bundle or a list without entries"
        : "it holds no FHIR resources: nothing in it has a resourceType, or it lies too deep in Bundles",
    );
  }

  /** Gives way between the steps of long work. */
  *drafts(): Generator<Draft | undefined, void, void> {
    for (const resource of this.#resources) {
      const type = String(resource.resourceType);
      let said = false;
      for (const draft of this.#draftsOf(resource, type)) {
        if (draft !== undefined) said = true;
        yield draft;
      }
      if (!said) this.#skip(`${type} (no text)`);
    }
    if (this.#guessed > 0) {
      this.warnings.push(
        `${this.#guessed} of the resources carry a text that does not say its character set: windows-1252 was taken.`,
      );
    }
  }

  *#draftsOf(resource: Json, type: string): Generator<Draft | undefined, void, void> {
    const date = dateOf(resource);
    const { title, parts, reversed } = describe(resource, this.#refs);
    const modified = unreadModifiers(resource).length > 0;
    const lines = linesOf(title, parts, MAX_TEXT);
    const prohibition = isProhibition(resource, [title, ...parts].join("; "));
    for (const text of lines) yield { type, date, text, modified, prohibition };
    const long = yield* longTexts(resource, this.#refs);
    if (long.some(({ guessed }) => guessed)) this.#guessed++;
    if (narrativeAdds(resource) || ((title === "" || parts.length === 0) && long.length === 0)) {
      const narrative = yield* narrativeOf(resource);
      if (narrative !== undefined) long.push({ heading: "", text: narrative });
    }
    for (const { heading, text } of long) {
      // What reverses a resource reverses its texts.
      const before = [modified || reversed ? title : "", heading]
        .filter(Boolean)
        .map((it) => `${shortened(it, MAX_TEXT / 4)}: `)
        .join("");
      for (const part of paragraphs(text, MAX_TEXT - before.length, this.#clean)) {
        yield { type, date: date ?? part.date, text: before + part.text, modified, prohibition };
      }
    }
  }

  #skip(what: string): void {
    this.skipped[what] = (this.skipped[what] ?? 0) + 1;
  }

  #takePatient(resource: Json): void {
    const born = Date.parse(asText(resource.birthDate) ?? "");
    const died = Date.parse(asText(resource.deceasedDateTime) ?? "");
    const until = Number.isNaN(died) ? this.now.getTime() : died;
    const age = Number.isNaN(born) ? undefined : Math.floor((until - born) / (365.2425 * 86_400_000));
    const named = asObject(asList(resource.name)[0]);
    const name =
      asText(named?.text) ?? [...asList(named?.given), named?.family].map(asText).filter(Boolean).join(" ");
    this.#patients++;
    if (this.#patients === 2) {
      this.warnings.push("The record holds more than one patient: entries may be about different people.");
    }
    if (unreadModifiers(resource).length > 0) {
      this.warnings.push(
        "The patient's own data has a modifier that is not read, which may change what it says.",
      );
    }
    this.patient = { age, sex: asText(resource.gender), ...(this.keep && name !== "" && { name }) };
  }
}

/** Without what is never shown, so that a large record takes little memory. */
function slim(resource: Json): Json {
  const { meta: _meta, subject: _subject, performer: _performer, extension: _extension, ...rest } = resource;
  return rest;
}

type Gathered = Pick<PatientRecord, "patient" | "skipped" | "warnings">;

async function finish(
  drafts: Iterable<Draft | undefined>,
  identity: Identity | undefined,
  gathered: Gathered,
  signal: AbortSignal | undefined,
): Promise<PatientRecord> {
  const breather = new Breather();
  const found: Draft[] = [];
  for (const draft of drafts) {
    throwIfAborted(signal);
    if (draft !== undefined) found.push(identity === undefined ? draft : redacted(draft, identity));
    await breather.breathe();
  }
  if (found.length === 0) throw unreadable("it holds nothing about the patient's health");
  // Sorting is stable: what has no date keeps its place before what has.
  found.sort((a, b) => ((a.date ?? "") < (b.date ?? "") ? -1 : (a.date ?? "") > (b.date ?? "") ? 1 : 0));
  const entries = found.map(({ type, date, text, prohibition }, index) => ({
    id: `E${index + 1}`,
    type,
    date,
    text,
    ...(prohibition === true && { prohibition }),
  }));
  const idsOf = (mark: "modified" | "kept") =>
    entries.filter((_, index) => found[index]?.[mark]).map(({ id }) => id);
  return {
    entries,
    patient: gathered.patient,
    skipped: gathered.skipped,
    redacted: identity === undefined ? {} : countRedacted(entries.map(({ text }) => text)),
    warnings: [
      ...gathered.warnings,
      ...modifierWarnings(idsOf("modified")),
      ...redactionWarnings(idsOf("kept"), identity?.dropped ?? 0),
    ],
  };
}

/** Lines were cleaned one by one; what reaches over the end of a line is found now. */
function redacted(draft: Draft, identity: Identity): Draft {
  const kept = new Set<string>();
  const text = identity.redact(draft.text, kept);
  return { ...draft, text, kept: kept.size > 0 };
}

function modifierWarnings(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [
    `${listedIds(ids)}: a modifier extension or implicit rule is not read, which may change or reverse the meaning; see the record.`,
  ];
}
