import { Pace } from "../../base/breather.js";
import { TOLD_FIRST, words } from "../elements/elements.js";
import { type References, Room, type Telling } from "../elements/references.js";
import { bracketed } from "../elements/scopes.js";
import { standingElements, standingOf } from "../elements/standing.js";
import { inWords, titled, together } from "../elements/structure.js";
import { PERSONAL } from "../elements/types.js";
import { asList, asObject, asText, conceptText, type Json } from "../elements/values.js";
import { isAttachment, sayAttachment } from "../text/attachment.js";
import { answerParts } from "./forms.js";
import { isEnteredInError, negationOf } from "./modifiers.js";
import { elementParts, isValueKey, membersOf, type Skipped, valueText } from "./say.js";
import { type Title, titleOf } from "./title.js";
import { DATES, dateElement, periodText, whenText } from "./when.js";

/** What a resource says about the patient; who wrote it and for whom is left out. */
export interface Description {
  /** What it is about, with what reverses it in front; belongs before each piece of it. May be empty. */
  readonly title: string;
  /** Something in front of the title says that it does not hold. */
  readonly reversed: boolean;
  /** How it stands where that is not to be taken for granted: `resolved`. Belongs to each piece. */
  readonly standing: string | undefined;
  /** With the marks of scopes.ts, made as they are read; undefined where it gives way. */
  readonly parts: Iterable<string | undefined>;
}

/** Types whose category is the drawer that they lie in, and says nothing of what they are. */
const FILED: ReadonlySet<string> = new Set([
  "Observation",
  "DiagnosticReport",
  "DocumentReference",
  "Condition",
]);

/** Told before the rest of a resource, in words of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set([...TOLD_FIRST, ...DATES]);

/**
 * @param before What is known of it from elsewhere and belongs in front: that it is about somebody else.
 * @param whole Whether to tell what the resource contains, too. Defaults to `true`.
 */
export function describe(
  resource: Json,
  refs: References,
  before: readonly string[] = [],
  whole = true,
): Description {
  const telling: Telling = { refs, room: new Room(), inside: resource };
  const title = titleOf(resource, refs);
  const negation = negationOf(resource);
  const front = [...before, ...(negation === undefined ? [] : [negation])];
  const { all, carried } = standingOf(resource);
  return {
    title: [...new Set(front), ...(title === undefined ? [] : [titled(title.text)])].join(": "),
    reversed: negation !== undefined || before.length > 0,
    standing: carried.length === 0 ? undefined : carried.join(", "),
    parts: { [Symbol.iterator]: () => partsOf(resource, telling, title, all, whole) },
  };
}

function* partsOf(
  resource: Json,
  telling: Telling,
  title: Title | undefined,
  standing: readonly string[],
  whole: boolean,
): Generator<string | undefined, void, void> {
  const pace = new Pace();
  const own = new Set<string>([...standingElements(resource), title?.key ?? ""]);
  const skip: Skipped = { has: (key) => ELSEWHERE.has(key) || own.has(key) };
  for (const key of Object.keys(resource)) if (isValueKey(key)) own.add(key);
  // What an entry is called is more than the drawer that it lies in.
  if (title !== undefined && FILED.has(String(resource.resourceType))) own.add("category");
  if (resource.priority === "routine") own.add("priority");
  let named = title !== undefined;
  // To list a hundred thousand keys takes its time.
  yield undefined;
  const value = valueText(resource, telling);
  yield undefined;
  if (value !== undefined) {
    named = true;
    yield value;
  }
  for (const it of asList(resource.component)) {
    if (pace.isDue()) yield undefined;
    telling.room.renew();
    const component = componentText(it, telling);
    if (component === undefined) continue;
    named = true;
    yield component;
  }
  const more = moreParts(resource, telling, title, skip, whole);
  if (!named) {
    yield* afterFront(standing, more);
    return;
  }
  yield* standing;
  yield* more;
}

/** How something stands says nothing where nothing says what it is. */
function* afterFront(
  front: readonly string[],
  parts: Iterable<string | undefined>,
): Generator<string | undefined, void, void> {
  let begun = false;
  for (const part of parts) {
    if (part !== undefined && !begun) {
      begun = true;
      yield* front;
    }
    yield part;
  }
}

function* moreParts(
  resource: Json,
  telling: Telling,
  title: Title | undefined,
  skip: Skipped,
  whole: boolean,
): Generator<string | undefined, void, void> {
  for (const name of ["severity", "criticality"]) {
    const text = conceptText(resource[name]);
    if (text !== undefined) yield `${name} ${text}`;
  }
  yield* dateTexts(resource);
  yield* elementParts(resource, telling, skip);
  yield* answerParts(resource.item, telling);
  if (whole) yield* containedTexts(resource, telling.refs, title?.text);
}

/** In brackets, so that what one contained thing says does not run into the next. */
function toPart({ title, parts }: Description, told: string | undefined): string | undefined {
  const said = [...parts].filter((it) => it !== undefined).join("; ");
  // A contained medicine is what names the prescription.
  if (said === "" && title === told) return undefined;
  if (title === "") return said === "" ? "(unnamed)" : `(${said})`;
  return said === "" ? `(${title})` : bracketed(title, said);
}

function componentText(value: unknown, telling: Telling): string | undefined {
  const part = asObject(value);
  if (part === undefined) return undefined;
  const skip = new Set([
    "code",
    "dataAbsentReason",
    ...Object.keys(part).filter((it) => it.startsWith("value")),
  ]);
  const own = valueText(part, telling);
  const members = [...(own === undefined ? [] : [{ said: inWords(own) }]), ...membersOf(part, telling, skip)];
  const code = conceptText(part.code);
  if (members.length === 0) return code && `${code} (no value)`;
  return `${code ?? "part"} ${together(members).text}`;
}

/** When it was written down, which says nothing of when it happened: told also where an entry has no other date. */
const WRITTEN: ReadonlySet<string> = new Set([
  ...["recordedDate", "dateAsserted", "issued", "assertedDate", "dateRecorded", "recordedOn"],
]);

/**
 * Dates of another day than the entry's, and when a period ended: a medicine that was stopped is not one that is taken.
 */
function dateTexts(resource: Json): string[] {
  const main = dateElement(resource);
  const there = DATES.filter((key) => resource[key] !== undefined);
  return there.flatMap((key) => {
    const period = asObject(resource[key]);
    const [start, end] =
      period === undefined ? [asText(resource[key])] : [period.start, period.end].map(asText);
    const words = (text: string) => whenText(text) ?? text;
    const isMain = key === main?.key;
    const told =
      start === undefined || (isMain ? !WRITTEN.has(key) : start.slice(0, 10) === main?.moment.day);
    // That it began in a period says nothing of when it ended.
    if (key === "onsetPeriod" && end !== undefined) return [`onset ${periodText(period as Json)}`];
    // Of the day at hand the hour is enough, where there is one.
    const hour = end?.slice(0, 10) === start?.slice(0, 10) ? end && whenText(end)?.slice(11) : undefined;
    return [
      ...(told ? [] : [`${nameOf(key)} ${words(start)}`]),
      ...(end === undefined || end === start ? [] : [`until ${hour ?? words(end)}`]),
    ];
  });
}

/** `recordedDate` is told as `recorded`, `authoredOn` as `authored`. */
function nameOf(key: string): string {
  const name = key.replace(/(?<=[a-z])(?:DateTime|Period|Instant|Date|Time|On)$/, "");
  // `dateAsserted` is told as `asserted`, `whenHandedOver` as `handed over`.
  return words(name).replace(/^(?:date|when) /, "");
}

/** What a resource contains is nowhere else. */
function* containedTexts(
  resource: Json,
  refs: References,
  title: string | undefined,
): Generator<string | undefined, void, void> {
  const pace = new Pace();
  for (const it of asList(resource.contained)) {
    if (pace.isDue()) yield undefined;
    const own = asObject(it);
    if (own === undefined || PERSONAL.has(String(own.resourceType)) || isEnteredInError(own)) continue;
    if (isAttachment(own)) {
      const attached = sayAttachment(own, resource, refs);
      if (attached !== undefined) yield attached;
      continue;
    }
    // It may refer to its neighbours.
    const part = toPart(describe({ ...own, contained: resource.contained }, refs, [], false), title);
    if (part !== undefined) yield part;
  }
}
