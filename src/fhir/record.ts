import { Breather } from "../base/breather.js";
import { badOption, throwIfAborted } from "../base/errors.js";
import { checkNames, checkSignal, readOnce } from "../base/options.js";
import { listedIds } from "./elements/listed-ids.js";
import type { Around } from "./identity/groups.js";
import { Identity } from "./identity/identity.js";
import { countRedacted, redactionWarnings } from "./identity/redaction.js";
import { Collector } from "./resources/collector.js";
import type { Draft } from "./resources/drafts.js";
import { MAX_TEXT } from "./resources/drafts.js";
import { givenResources } from "./resources/given.js";
import { inOrder } from "./resources/order.js";
import type { PatientFacts } from "./resources/patient.js";
import { type StreamedBundle, splitResources, tooMany, unreadable } from "./resources/split-json.js";
import { paragraphs } from "./resources/text-record.js";
import { toCharacters } from "./text/characters.js";
import { isRtf, rtfTextSteps } from "./text/rtf.js";
import { isV2, v2Resources } from "./v2/resources.js";
import { linesSayProhibition } from "./words/prohibition.js";
import { dateText } from "./words/when.js";

/** One thing that a record says. */
export interface RecordEntry {
  /** `E1`, `E2`, ... in order of days, of one day the newest first; what statements point to. */
  readonly id: string;
  /** FHIR's resource type, or `Text`. */
  readonly type: string;
  /**
   * As `2021-03-04`, or as much of it as is known; with the hour and the zone where the record has them, as
   * `2021-03-04T14:05+01:00`.
   */
  readonly date: string | undefined;
  /** One line. Without identity, unless it was asked for. */
  readonly text: string;
  /** It says what must not be done to the patient: an order not to resuscitate, a consent denied. Else undefined. */
  readonly prohibition?: true | undefined;
}

export interface PatientRecord {
  readonly entries: readonly RecordEntry[];
  readonly patient: PatientFacts;
  /**
   * Resources that were left out, by type: those not about health (practitioners, claims, ...), and as
   * `Condition (entered in error)`, `Condition (deleted)`, `Condition (older version)`, `Condition (repeated)` and
   * `Goal (no text)` those that were withdrawn, stand there again or newer, or say nothing.
   */
  readonly skipped: Readonly<Record<string, number>>;
  /** What was replaced in the entries, by what stands there in brackets: `{ name: 12, telephone: 1 }`. */
  readonly redacted: Readonly<Record<string, number>>;
  /** What may make the entries say something else than the record does. */
  readonly warnings: readonly string[];
}

/** A FHIR Bundle or resource as an object, a list of resources, JSON or NDJSON text, HL7 v2 messages, or text, plain or RTF. */
export type RecordInput = string | object;

export interface ReadRecordOptions {
  /** Keeps names, numbers and addresses. Defaults to `false`. */
  identity?: boolean | undefined;
  /** The day that ages are counted to. Defaults to today. */
  now?: Date | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads a record into entries. Works through it in pieces, so that the event loop is not held, also for records of many
 * megabytes. Memory is that of the resources that become entries, which are kept until all of them are read because
 * they refer to one another; of those not about health only type and id are kept.
 * @throws MedGemmaError `bad_option`, `record_unreadable`, `aborted`.
 */
export async function readRecord(input: RecordInput, asked: ReadRecordOptions = {}): Promise<PatientRecord> {
  const options = readOnce("readRecord", asked);
  if (typeof input !== "string" && (typeof input !== "object" || input === null)) {
    throw badOption("record", "a text, or FHIR resources as objects", input);
  }
  checkNames("readRecord", options, ["identity", "now", "signal"]);
  checkSignal(options.signal);
  const { identity: keep = false, now = new Date(), signal } = options;
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) throw badOption("now", "a Date", now);
  const breather = new Breather(signal);
  const given = typeof input === "string" ? input.replace(/^\uFEFF/, "") : undefined;
  const text = given !== undefined && isRtf(given) ? await breather.through(rtfTextSteps(given)) : given;
  if (text !== undefined && text.trim() === "") throw badOption("record", "some words or resources", input);
  if (text !== undefined && isXml(text))
    throw unreadable("it is XML, and only JSON, HL7 v2 and text are read");
  if (text !== undefined && isPrinted(text))
    throw unreadable(
      "it is an object as a program prints it, and not JSON: names and dates in it cannot be told apart",
    );
  const identity = new Identity();
  if (text !== undefined && !isJson(text) && !isV2(text)) {
    const clean = (line: string, around: Around) =>
      keep ? toCharacters(line) : identity.redact(line, { around });
    const gathered = { patient: { age: undefined, sex: undefined }, skipped: {}, warnings: [] };
    return finish(textDrafts(text, now, clean), keep ? undefined : identity, gathered, signal);
  }
  const collector = new Collector({ identity, now, keep, signal });
  const streamed: StreamedBundle = { type: undefined };
  const unread = (segment: string) => collector.skip(`HL7 v2 segment ${segment}`);
  for await (const resource of resourcesOf(text ?? input, streamed, unread)) {
    throwIfAborted(signal);
    // Parsing one resource may have taken all of its time already.
    await breather.breathe();
    if (resource !== undefined) await breather.through(collector.take(resource));
    await breather.breathe();
  }
  return finish(collector.drafts(streamed.type), keep ? undefined : identity, collector, signal);
}

/** Of a text. Four times a long life's notes; a tenth of a millisecond each. */
const MOST_PARTS = 100_000;

function* textDrafts(
  text: string,
  now: Date,
  clean: (line: string, around: Around) => string,
): Generator<Draft | undefined, void, void> {
  let parts = 0;
  for (const part of paragraphs(text, { longest: MAX_TEXT, now, clean })) {
    if (part !== undefined && ++parts > MOST_PARTS) throw tooMany(MOST_PARTS, "paragraphs and dated lines");
    yield part && { type: "Text", ...part, prohibition: linesSayProhibition(part.text) };
  }
}

/** Begins as an object or a list of them does; text may begin with a bracket, too: "[x] smoker", "[2024-01-05] visit". */
function isJson(text: string): boolean {
  return /^\s*(?:\[\s*\{|\{\s*"|\[\s*\]\s*$|\{\s*\}\s*$)/.test(text);
}

/** Characters in which an object names its type. */
const BEGINNING = 20_000;

/** A resource as Python, JavaScript or another language prints its objects: read as words it would tell who it is about. */
function isPrinted(text: string): boolean {
  if (/^\s*\[object \w{1,40}\]\s*$/.test(text)) return true;
  const begins = /^\s*(?:[\w$.]{1,60}\s?)?[[({]/.test(text) && !isJson(text);
  return begins && /(?<![\w])["'`]?resource_?type["'`]?\s{0,3}(?:[:=]|=>|,)/i.test(text.slice(0, BEGINNING));
}

/** The resources, and undefined where reading them gives way. */
function resourcesOf(
  input: string | object,
  streamed: StreamedBundle,
  onUnread: (segment: string) => void,
): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof input === "string") {
    return isV2(input) ? v2Resources(input, onUnread) : splitResources(input, streamed);
  }
  return givenResources(input, (type) => {
    streamed.type = type;
  });
}

type Gathered = Pick<PatientRecord, "patient" | "skipped" | "warnings">;

async function finish(
  drafts: Iterable<Draft | undefined> | AsyncIterable<Draft>,
  identity: Identity | undefined,
  gathered: Gathered,
  signal: AbortSignal | undefined,
): Promise<PatientRecord> {
  const breather = new Breather(signal);
  const found: Draft[] = [];
  const counts = new Map<string, number>();
  for await (const draft of drafts) {
    throwIfAborted(signal);
    if (draft !== undefined) {
      const clean = identity === undefined ? draft : redacted(draft, identity);
      if (identity !== undefined) countRedacted(clean.text, counts);
      found.push(clean);
    }
    await breather.breathe();
  }
  if (found.length === 0) throw unreadable("it holds nothing about the patient's health");
  const ordered = await breather.through(inOrder(found));
  const entries: RecordEntry[] = [];
  const modifiedIds: string[] = [];
  const keptIds: string[] = [];
  for (const { type, moment, text, prohibition, modified, kept } of ordered) {
    const id = `E${entries.length + 1}`;
    if (modified) modifiedIds.push(id);
    if (kept) keptIds.push(id);
    entries.push({
      id,
      type,
      date: moment && dateText(moment),
      text,
      ...(prohibition === true && { prohibition }),
    });
    await breather.breathe();
  }
  return {
    entries,
    patient: gathered.patient,
    skipped: gathered.skipped,
    redacted: Object.fromEntries(counts),
    warnings: [
      ...gathered.warnings,
      ...modifierWarnings(modifiedIds),
      ...redactionWarnings(keptIds, identity?.dropped ?? 0),
    ],
  };
}

/** "<no fever> and a cough" is text: of XML something ends. */
function isXml(text: string): boolean {
  return /^\s*<[?!a-z]/i.test(text) && /<\/|\/>|\?>|-->|^\s*<!doctype/i.test(text);
}

/** Lines were cleaned one by one; what reaches over the end of a line is found now. */
function redacted(draft: Draft, identity: Identity): Draft {
  const kept = new Set<string>();
  const text = identity.redact(draft.text, { kept, values: draft.values });
  return { ...draft, text, kept: kept.size > 0 };
}

function modifierWarnings(ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  return [
    `${listedIds(ids)}: a modifier extension or implicit rule is not read, which may change or reverse the meaning; see the record.`,
  ];
}
