import { TOLD_FIRST } from "./elements.js";
import { answerTexts } from "./forms.js";
import { isEnteredInError, negationOf, unreadModifiers } from "./modifiers.js";
import type { References } from "./references.js";
import { sayElements, type Telling, valueText } from "./say.js";
import { bracketed, scope } from "./scopes.js";
import { isAttachment, sayAttachment } from "./text/attachment.js";
import { titleOf } from "./title.js";
import { PERSONAL } from "./types.js";
import { asList, asObject, asText, conceptText, DATES, type Json } from "./values.js";

/** What a resource says about the patient; who wrote it and for whom is left out. */
export interface Description {
  /** What it is about, with what reverses it in front; belongs before each piece of it. May be empty. */
  readonly title: string;
  /** Something in front of the title says that it does not hold. */
  readonly reversed: boolean;
  /** With the marks of scopes.ts. */
  readonly parts: readonly string[];
}

/** @param whole Whether to tell what the resource contains, too. Defaults to `true`. */
export function describe(resource: Json, refs: References, whole = true): Description {
  const telling: Telling = { refs, inside: resource };
  const title = titleOf(resource, refs);
  const skip = new Set([...TOLD_FIRST, ...DATES, title?.key ?? ""]);
  for (const key of Object.keys(resource)) if (/^value(?:[A-Z]|$)/.test(key)) skip.add(key);
  // What an entry is called is more than the drawer that it lies in.
  if (title !== undefined) skip.add("category");
  if (resource.priority === "routine") skip.add("priority");
  const parts = [
    valueText(resource, telling),
    ...asList(resource.component).map((it) => componentText(it, telling)),
    ...statusTexts(resource),
    ...untilTexts(resource),
    ...sayElements(resource, telling, skip),
    ...answerTexts(resource.item, telling),
    ...(whole ? containedTexts(resource, refs) : []),
  ];
  const negation = negationOf(resource);
  const before = [whole ? modifierWarning(resource) : undefined, negation].filter((it) => it !== undefined);
  return {
    title: [...before, ...(title === undefined ? [] : [title.text])].join(": "),
    reversed: negation !== undefined,
    parts: parts.filter((it): it is string => it !== undefined && it !== "" && it !== title?.text),
  };
}

function toPart({ title, parts, reversed }: Description): string {
  if (reversed) return bracketed(title, parts.join("; ") || "unnamed");
  return title === "" || parts.length === 0
    ? title || parts.join("; ")
    : scope(`${title}: `, parts.join("; "));
}

function modifierWarning(resource: Json): string | undefined {
  const names = [...new Set(unreadModifiers(resource))];
  return names.length === 0 ? undefined : `(MEANING MAY DIFFER, modifier not read: ${names.join(", ")})`;
}

function componentText(value: unknown, telling: Telling): string | undefined {
  const part = asObject(value);
  if (part === undefined) return undefined;
  const skip = new Set([
    "code",
    "dataAbsentReason",
    ...Object.keys(part).filter((it) => it.startsWith("value")),
  ]);
  const said = [valueText(part, telling), ...sayElements(part, telling, skip)].filter(Boolean);
  return said.length === 0 ? undefined : `${conceptText(part.code) ?? "part"} ${said.join(", ")}`;
}

function statusTexts(resource: Json): (string | undefined)[] {
  const { clinicalStatus, verificationStatus, lifecycleStatus, status, intent } = resource;
  const state = conceptText(clinicalStatus) ?? conceptText(lifecycleStatus) ?? conceptText(status);
  const verified = conceptText(verificationStatus);
  return [
    state === "final" || state === "finished" ? undefined : state,
    verified?.toLowerCase() === "confirmed" ? undefined : verified,
    asText(intent) === "order" ? undefined : asText(intent),
    labelled("severity", conceptText(resource.severity)),
    labelled("criticality", conceptText(resource.criticality)),
  ];
}

/** Periods that ended on another day than they began: a medicine that was stopped is not one that is taken. */
function untilTexts(resource: Json): (string | undefined)[] {
  return DATES.map((key) => {
    const period = asObject(resource[key]);
    const [start, end] = [period?.start, period?.end].map((it) => asText(it)?.slice(0, 10));
    return end === undefined || end === start ? undefined : `until ${end}`;
  });
}

/** What a resource contains is nowhere else. */
function containedTexts(resource: Json, refs: References): (string | undefined)[] {
  return asList(resource.contained).map((it) => {
    const own = asObject(it);
    if (own === undefined || PERSONAL.has(String(own.resourceType)) || isEnteredInError(own))
      return undefined;
    if (isAttachment(own)) return sayAttachment(own, resource, refs);
    // It may refer to its neighbours.
    return toPart(describe({ ...own, contained: resource.contained }, refs, false));
  });
}

function labelled(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : `${name} ${value}`;
}
