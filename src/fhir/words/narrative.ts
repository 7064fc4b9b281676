import { Pace, type Steps } from "../../base/breather.js";
import { withoutDataSteps } from "../elements/data.js";
import type { References } from "../elements/references.js";
import { HAS, mayHave } from "../elements/survey.js";
import { PERSONAL } from "../elements/types.js";
import { asList, asObject, asText, conceptText, type Json, keysOf } from "../elements/values.js";
import { carriedBy, formOfCarried, isAttachment, isCda, textSteps } from "../text/attachment.js";
import { decodeText } from "../text/charset.js";
import { markupSteps } from "../text/markup.js";
import { isEnteredInError, negationOf } from "./modifiers.js";
import { referenceText, titleOf } from "./title.js";

/** A text of many lines. */
export interface LongText {
  /** Belongs before each piece of it: "Family history" reverses what "breast cancer" says. May be empty. */
  readonly heading: string;
  readonly text: string;
  /** Nothing told its character set. */
  readonly guessed?: boolean | undefined;
}

const MAX_DEPTH = 30;

/** Texts that are carried anywhere in a resource, and the sections of a Composition. */
export function* longTexts(resource: Json, refs: References): Steps<LongText[]> {
  const seen = new Set<string>();
  const found: LongText[] = [];
  for (const carrier of carriers(resource, refs)) {
    if (carrier === undefined) {
      yield undefined;
      continue;
    }
    const { thing, heading } = carrier;
    const carried = carriedBy(thing, resource, refs);
    // A contained Binary is met where it is referred to, and where it is contained.
    if (carried === undefined || seen.has(carried.data)) continue;
    seen.add(carried.data);
    const form = formOfCarried(carried);
    if (form === undefined || form === "v2") continue;
    const { text, guessed } = yield* textSteps(carried, form);
    found.push({ heading, text: yield* withoutDataSteps(text), ...(guessed && { guessed }) });
  }
  yield* addSections(found, resource.section, resource, refs, []);
  return found.filter(({ text }) => text.trim() !== "");
}

/** HL7 v2 messages and CDA documents that a resource carries: these have people and resources of their own. */
export function* documentsWithin(
  resource: Json,
  refs: References,
): Steps<{ readonly v2: readonly string[]; readonly cda: readonly string[] }> {
  const found: { v2: string[]; cda: string[] } = { v2: [], cda: [] };
  for (const carrier of carriers(resource, refs)) {
    if (carrier === undefined) {
      yield undefined;
      continue;
    }
    const { thing } = carrier;
    const carried = carriedBy(thing, resource, refs);
    const form = carried && formOfCarried(carried);
    if (carried === undefined || (form !== "v2" && form !== "xml")) continue;
    const { text } = decodeText(Buffer.from(carried.data, "base64"), carried.type.charset);
    if (form === "v2") found.v2.push(text);
    else if (isCda(text)) found.cda.push(text);
  }
  return found;
}

/** The narrative of a resource or a section as plain text, whatever its status. */
export function* narrativeOf(resource: Json): Steps<string | undefined> {
  const div = asObject(resource.text)?.div;
  return typeof div === "string" ? yield* withoutDataSteps(yield* markupSteps(div)) : undefined;
}

/** Whether the narrative says what no element says, by its author's word. */
export function narrativeAdds(resource: Json): boolean {
  const status = asText(asObject(resource.text)?.status);
  return status === "additional" || status === "extensions";
}

interface Carrier {
  readonly thing: Json;
  readonly heading: string;
}

/** Carriers as they are found, and undefined where it gives way. */
type Carriers = Generator<Carrier | undefined, void, void>;

/** Attachments and Binaries, at any depth. */
function* carriers(resource: Json, refs: References): Carriers {
  const pace = new Pace();
  if (!(yield* mayHave(resource, HAS.carried, pace))) return;
  yield* within(resource, { heading: "", pace }, 0);
  for (const it of asList(resource.contained)) yield* contained(asObject(it), resource, refs, pace);
}

/** What is contained may be withdrawn or reversed on its own. */
function* contained(own: Json | undefined, inside: Json, refs: References, pace: Pace): Carriers {
  if (own === undefined || PERSONAL.has(String(own.resourceType)) || isEnteredInError(own)) return;
  const negation = negationOf(own);
  const title = negation && titleOf({ ...own, contained: inside.contained }, refs)?.text;
  yield* within(own, { heading: [negation, title].filter(Boolean).join(": "), pace }, 0);
}

/** What is the same for all that is looked at of one thing. */
interface Search {
  readonly heading: string;
  readonly pace: Pace;
}

/** @param around The things that it stands in, but for the one whose reversal is told elsewhere. */
function* within(value: object, search: Search, depth: number, around: readonly Json[] = []): Carriers {
  if (depth > MAX_DEPTH) return;
  const own = depth === 0 || Array.isArray(value) ? around : [...around, value as Json];
  if (!Array.isArray(value) && isAttachment(value as Json)) {
    const negations = own.map(negationOf);
    yield { thing: value as Json, heading: [search.heading, ...negations].filter(Boolean).join(": ") };
    return;
  }
  for (const key of keysOf(value)) {
    if (search.pace.isDue()) yield undefined;
    // What is contained has a heading of its own.
    if (depth === 0 && key === "contained") continue;
    const inner = (value as Json)[key];
    if (typeof inner === "object" && inner !== null) yield* within(inner, search, depth + 1, own);
  }
}

function* addSections(
  found: LongText[],
  value: unknown,
  inside: Json,
  refs: References,
  path: readonly string[],
): Steps<void> {
  if (path.length > MAX_DEPTH) return;
  const pace = new Pace();
  for (const it of asList(value)) {
    yield undefined;
    const section = asObject(it);
    if (section === undefined) continue;
    const own = [...path, asText(section.title) ?? conceptText(section.code) ?? "section"];
    const entries = new Set<string>();
    for (const entry of asList(section.entry)) {
      const reference = asObject(entry);
      const said = reference && referenceText(reference, inside, refs);
      if (said !== undefined) entries.add(said);
      if (pace.isDue()) yield undefined;
    }
    const empty = conceptText(section.emptyReason);
    const named = [...entries].join(", ");
    const narrative = yield* narrativeOf(section);
    const text = [narrative, named, empty && `empty: ${empty}`].filter(Boolean).join("\n\n");
    found.push({ heading: own.join(" / "), text });
    yield* addSections(found, section.section, inside, refs, own);
  }
}
