import { Breather, Pace, type Steps } from "../../base/breather.js";
import { References } from "../elements/references.js";
import { surveyOf } from "../elements/survey.js";
import { NAMED, NOT_CLINICAL } from "../elements/types.js";
import { asAddress, asList, asObject, asText, type Json } from "../elements/values.js";
import type { Around } from "../identity/groups.js";
import type { Identity } from "../identity/identity.js";
import { cdaPeople } from "../text/cda-people.js";
import { toCharacters } from "../text/characters.js";
import { v2Resources } from "../v2/resources.js";
import { isEnteredInError } from "../words/modifiers.js";
import { documentsWithin } from "../words/narrative.js";
import { type Draft, draftsOf } from "./drafts.js";
import { MOST_VALUES } from "./given.js";
import { type PatientFacts, patientFacts, patientWarnings } from "./patient.js";
import { Replaced } from "./replaced.js";
import { SharedTexts } from "./shared-texts.js";
import { tooMany, unreadable } from "./split-json.js";
import { Subjects } from "./subjects.js";
import { type BundleType, type Current, Versions } from "./versions.js";

const MAX_ENTRIES = 200_000;
/** A tenth of a millisecond each, all together: the record of a long life has some thousands. */
const MOST_RESOURCES = 50_000;
/** Bundles in one another that are read. */
const MAX_BUNDLES = 16;

export interface CollectorOptions {
  readonly identity: Identity;
  readonly now: Date;
  /** Names, numbers and addresses stay. */
  readonly keep: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Takes resources as they come, and makes entries of them when all are there that they refer to. */
export class Collector {
  readonly #pace = new Pace();
  /** Of all resources. */
  #values = 0;
  /** Things that came, whatever they are. */
  #taken = 0;
  /** Those of them that are resources, but for bundles. */
  #seen = 0;
  /** Deletions by search. */
  #searched = 0;
  /** What entries ask to be changed in part, by its address. */
  readonly #patches: string[] = [];
  /** Resources with a text whose character set nothing tells. */
  #guessed = 0;
  readonly #options: CollectorOptions;
  readonly #versions = new Versions();
  patient: PatientFacts = { age: undefined, sex: undefined };
  readonly #skipped = new Map<string, number>();
  readonly warnings: string[] = [];

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** @param bundle The type of the Bundle that the value came in. */
  *take(value: unknown, bundle?: BundleType, depth = 0): Steps<void> {
    const outer = asObject(value);
    const resource = asObject(outer?.resource) ?? outer;
    const type = asText(resource?.resourceType);
    if (type !== "Bundle") this.#count(1);
    const deletion = outer !== undefined && type === undefined && this.#versions.addDeletion(outer, bundle);
    if (deletion === "searched") this.#searched++;
    if (deletion !== false) {
      this.#seen++;
      return;
    }
    if (outer !== undefined && isPatch(outer)) {
      this.#seen++;
      this.skip("(change, not carried out)");
      this.#patches.push(asAddress(asObject(outer.request)?.url) ?? asAddress(outer.fullUrl) ?? "");
      return;
    }
    if (outer === undefined || resource === undefined || type === undefined) {
      this.skip("(no resource)");
      return;
    }
    if (type === "Bundle" && depth >= MAX_BUNDLES) {
      this.#count(1);
      this.skip("Bundle (nested too deep)");
      return;
    }
    if (type === "Bundle") {
      for (const entry of asList(resource.entry)) {
        yield* this.take(entry, asText(resource.type) ?? "", depth + 1);
        yield undefined;
      }
      return;
    }
    this.#seen++;
    this.#values += (yield* surveyOf(resource, this.#pace)).values;
    if (this.#values > MOST_VALUES) throw tooMany(MOST_VALUES, "values");
    yield* this.#options.identity.learn(resource);
    const contained = asList(resource.contained);
    this.#count(contained.length);
    for (const it of contained) {
      const own = asObject(it);
      if (own !== undefined) yield* this.#options.identity.learn(own);
      yield undefined;
    }
    this.#versions.add(outer, yield* keptOf(resource), bundle);
  }

  /**
   * The entries, with what was left out counted meanwhile; gives way between the steps of long work.
   * @param streamed The type of the Bundle whose entries were taken one by one.
   * @throws MedGemmaError `record_unreadable` where no resource has come.
   */
  async *drafts(streamed: BundleType): AsyncGenerator<Draft, void, void> {
    this.#check();
    const breather = new Breather(this.#options.signal);
    const versions = await breather.through(this.#versions.current(streamed));
    const { left, unclear, people } = versions;
    const shared = new SharedTexts();
    for (const { resource } of versions.current) await breather.through(shared.learn(resource));
    const current: Current[] = [];
    for (const { resource, fullUrl } of versions.current) {
      current.push({ resource: await breather.through(shared.apart(resource)), fullUrl });
    }
    for (const [what, count] of left) this.skip(what, count);
    if (unclear > 0) {
      this.warnings.push(
        `${unclear} resources stand in the record more than once with one id, and nothing says which is current: all are told.`,
      );
    }
    if (people > 0) {
      this.warnings.push(
        `${people} patients of the record share an id, but not name, birth and sex: they may be different people, and whose an entry is that names the id is not known.`,
      );
    }
    const refs = new References();
    const replaced = new Replaced(refs);
    for (const { resource, fullUrl } of current) {
      refs.add(resource, fullUrl);
      await breather.breathe();
    }
    const resources = current.map((it) => it.resource);
    for (let at = 0; at < resources.length; at++) {
      for (const own of this.#documentsOf(resources[at] as Json, refs)) {
        await breather.breathe();
        if (own === undefined) continue;
        refs.add(own, undefined);
        if (resources.length < MAX_ENTRIES) resources.push(own);
      }
      await breather.breathe();
    }
    const subjects = await breather.through(Subjects.of(resources, refs));
    for (const resource of resources) {
      replaced.learn(resource);
      await breather.breathe();
    }
    for (const address of this.#patches) replaced.learnChange(address);
    await breather.through(this.#takePatient(subjects));
    let count = 0;
    let others = 0;
    for (const resource of resources) {
      const type = String(resource.resourceType);
      await breather.breathe();
      if (NOT_CLINICAL.has(type) && !isImplant(resource)) this.skip(type);
      else if (isEnteredInError(resource)) this.skip(`${type} (entered in error)`);
      else if (count >= MAX_ENTRIES) this.skip(`${type} (too many)`);
      else {
        count++;
        const other = subjects.other(resource);
        if (other !== undefined) others++;
        let said = false;
        for (const draft of draftsOf(resource, this.#context(refs, [other, replaced.by(resource)]))) {
          await breather.breathe();
          if (draft === undefined) continue;
          said = true;
          yield draft;
        }
        if (!said) this.skip(`${type} (no text)`);
      }
    }
    if (this.#searched > 0) {
      this.warnings.push(
        `${this.#searched} deletions name what they delete by a search, which was not carried out: what they mean may still be told.`,
      );
    }
    if (this.#patches.length > 0) {
      this.warnings.push(
        `${this.#patches.length} entries ask for a change of a resource (PATCH), which was not carried out: it is told as it was before.`,
      );
    }
    if (this.#guessed > 0) {
      this.warnings.push(
        `${this.#guessed} of the resources carry a text that does not say its character set: windows-1252 was taken.`,
      );
    }
    if (others > 0) {
      this.warnings.push(`${others} resources are about somebody or something else, and are marked so.`);
    }
  }

  /**
   * The resources of HL7 v2 messages that a resource carries, and undefined where it gives way; the people of CDA
   * documents are only known.
   */
  *#documentsOf(resource: Json, refs: References): Generator<Json | undefined, void, void> {
    if (NOT_CLINICAL.has(String(resource.resourceType)) || isEnteredInError(resource)) return;
    const { v2, cda } = yield* documentsWithin(resource, refs);
    for (const document of cda) {
      for (const person of yield* cdaPeople(document)) {
        yield* this.#options.identity.learn(person);
        yield undefined;
      }
    }
    for (const message of v2) {
      const versions = new Versions();
      for (const own of v2Resources(message, (segment) => this.skip(`HL7 v2 segment ${segment}`))) {
        if (own === undefined) {
          yield undefined;
          continue;
        }
        yield* this.#options.identity.learn(own);
        const kept = yield* keptOf(own);
        // Whose the message is, what carries it says.
        const subject = resource.subject ?? resource.patient;
        versions.add({}, own.subject === undefined ? kept : { ...kept, subject }, "");
        yield undefined;
      }
      const { current, left } = yield* versions.current("");
      for (const [what, count] of left) this.skip(what, count);
      for (const it of current) yield it.resource;
    }
  }

  #context(refs: References, before: readonly (string | undefined)[]) {
    const { identity, now, keep } = this.#options;
    return {
      refs,
      now,
      // Lines that name somebody can be told as long as they are lines.
      clean: (text: string, around: Around) =>
        keep ? toCharacters(text) : identity.redact(text, { around }),
      before: before.filter((it) => it !== undefined),
      onGuess: () => {
        this.#guessed++;
      },
    };
  }

  #count(more: number): void {
    this.#taken += more;
    if (this.#taken > MOST_RESOURCES) throw tooMany(MOST_RESOURCES, "resources");
  }

  #check(): void {
    if (this.#seen > 0) return;
    throw unreadable(
      this.#taken === 0
        ? "it is a Bundle or a list without entries"
        : "it holds no FHIR resources: nothing in it has a resourceType, or it lies too deep in Bundles",
    );
  }

  *#takePatient(subjects: Subjects): Steps<void> {
    const { now, keep } = this.#options;
    this.patient = patientFacts(subjects.patient, now, keep);
    if (subjects.count > 1) {
      this.warnings.push(
        "The record holds more than one patient: the one that most entries are about is taken as the patient, and entries about another are marked.",
      );
    }
    if (subjects.alike) {
      this.warnings.push(
        "The record describes more than one patient by the same name and date of birth: they are taken to be one.",
      );
    }
    if (subjects.assumed) {
      this.warnings.push(
        "The entries refer to a patient who is not in the record: they are taken to be about the one who is.",
      );
    }
    if (subjects.patient !== undefined) this.warnings.push(...(yield* patientWarnings(subjects.patient)));
  }

  /** Counts what is left out. */
  skip(what: string, count = 1): void {
    this.#skipped.set(what, (this.#skipped.get(what) ?? 0) + count);
  }

  get skipped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#skipped);
  }
}

/** A part of a resource that is to be changed, in a form that is nobody's record. */
function isPatch(outer: Json): boolean {
  return asText(asObject(outer.request)?.method)?.toUpperCase() === "PATCH";
}

function isKept(resource: Json): boolean {
  const type = String(resource.resourceType);
  return !NOT_CLINICAL.has(type) || NAMED.has(type);
}

/** A device that is the patient's, as an implant is, and not one that measured something. */
function isImplant(resource: Json): boolean {
  return resource.resourceType === "Device" && asObject(resource.patient) !== undefined;
}

/**
 * Without what is never shown, so that a large record takes little memory. What is never told is only known to be there;
 * of people also who they are.
 */
function* keptOf(resource: Json): Steps<Json> {
  if (isKept(resource)) return yield* without(resource, ["performer"]);
  const { resourceType, id, meta, patient, relationship } = resource;
  if (resourceType !== "Patient") return { resourceType, id, meta, patient, relationship };
  return yield* without(resource, ["photo", "contact", "communication", "text"]);
}

/** The same where it has none of these. */
function* without(resource: Json, names: readonly string[]): Steps<Json> {
  if (names.every((name) => resource[name] === undefined)) return resource;
  const pace = new Pace();
  const rest = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(resource)) {
    if (pace.isDue()) yield undefined;
    if (!names.includes(key)) rest[key] = resource[key];
  }
  return rest;
}
