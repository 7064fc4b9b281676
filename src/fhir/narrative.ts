import { isEnteredInError, negationOf } from "./modifiers.js";
import type { References } from "./references.js";
import { carriedBy, formOfCarried, isAttachment, isCda, textSteps } from "./text/attachment.js";
import { decodeText } from "./text/charset.js";
import { withoutDataSteps } from "./text/data.js";
import { markupSteps } from "./text/markup.js";
import { referenceText, titleOf } from "./title.js";
import { PERSONAL } from "./types.js";
import { asList, asObject, asText, conceptText, type Json } from "./values.js";

/** A text of many lines. */
export interface LongText {
  /** Belongs before each piece of it: "Family history" reverses what "breast cancer" says. May be empty. */
  readonly heading: string;
  readonly text: string;
  /** Nothing told its character set. */
  readonly guessed?: boolean | undefined;
}

/** Work that gives way between its steps, and its result. */
type Steps<Result> = Generator<undefined, Result, void>;

const MAX_DEPTH = 30;

/** Texts that are carried anywhere in a resource, and the sections of a Composition. */
export function* longTexts(resource: Json, refs: References): Steps<LongText[]> {
  const seen = new Set<string>();
  const found: LongText[] = [];
  for (const carrier of carriers(resource, refs)) {
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
  found.push(...(yield* sections(resource.section, resource, refs, [])));
  return found.filter(({ text }) => text.trim() !== "");
}

/** HL7 v2 messages and CDA documents that a resource carries: these have people and resources of their own. */
export function documentsWithin(resource: Json, refs: References): { v2: string[]; cda: string[] } {
  const found: { v2: string[]; cda: string[] } = { v2: [], cda: [] };
  for (const { thing } of carriers(resource, refs)) {
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

/** Attachments and Binaries, at any depth. */
function carriers(resource: Json, refs: References): Carrier[] {
  return [
    ...within({ ...resource, contained: undefined }, "", 0),
    ...asList(resource.contained).flatMap((it) => contained(asObject(it), resource, refs)),
  ];
}

/** What is contained may be withdrawn or reversed on its own. */
function contained(own: Json | undefined, inside: Json, refs: References): Carrier[] {
  if (own === undefined || PERSONAL.has(String(own.resourceType)) || isEnteredInError(own)) return [];
  const negation = negationOf(own);
  const title = titleOf({ ...own, contained: inside.contained }, refs)?.text;
  const heading = negation === undefined ? "" : [negation, title].filter(Boolean).join(": ");
  return within(own, heading, 0);
}

/** @param around The things that it stands in, but for the one whose reversal is told elsewhere. */
function within(value: unknown, heading: string, depth: number, around: readonly Json[] = []): Carrier[] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((it) => within(it, heading, depth + 1, around));
  const own = depth === 0 ? around : [...around, value as Json];
  if (isAttachment(value as Json)) {
    const negations = own.map(negationOf);
    return [{ thing: value as Json, heading: [heading, ...negations].filter(Boolean).join(": ") }];
  }
  return Object.values(value).flatMap((it) =>
    typeof it === "object" ? within(it, heading, depth + 1, own) : [],
  );
}

function* sections(
  value: unknown,
  inside: Json,
  refs: References,
  path: readonly string[],
): Steps<LongText[]> {
  if (path.length > MAX_DEPTH) return [];
  const found: LongText[] = [];
  for (const it of asList(value)) {
    const section = asObject(it);
    if (section === undefined) continue;
    const own = [...path, asText(section.title) ?? conceptText(section.code) ?? "section"];
    const entries = asList(section.entry).map((entry) => {
      const reference = asObject(entry);
      return reference && referenceText(reference, inside, refs);
    });
    const empty = conceptText(section.emptyReason);
    const named = [...new Set(entries.filter((text) => text !== undefined))].join(", ");
    const narrative = yield* narrativeOf(section);
    const text = [narrative, named, empty && `empty: ${empty}`].filter(Boolean).join("\n\n");
    found.push({ heading: own.join(" / "), text }, ...(yield* sections(section.section, inside, refs, own)));
  }
  return found;
}
