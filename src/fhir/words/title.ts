import type { Name, References } from "../elements/references.js";
import { shortened } from "../elements/scopes.js";
import { PERSONAL } from "../elements/types.js";
import {
  asAddress,
  asList,
  asObject,
  asText,
  conceptText,
  type Json,
  quantityText,
} from "../elements/values.js";
import { isEnteredInError, negationOf } from "./modifiers.js";

/** References lead to resources whose title may be a reference again. */
const MAX_STEPS = 3;
/** Members of a list that a title has. */
const MOST = 50;
/** Characters of a title where others refer to it. */
const LONGEST = 300;

export interface Title {
  readonly text: string;
  /** The element that it is taken from. */
  readonly key: string;
}

/** Elements that name what a resource is about, the first that is there. */
const NAMING = [
  ...["code", "medicationCodeableConcept", "medicationReference", "medication", "vaccineCode", "title"],
  ...["type", "event", "relationship", "category", "class", "scope"],
] as const;

/** What a resource is about, in a few words. */
export function titleOf(resource: Json, refs: References, steps = 0): Title | undefined {
  if (resource.resourceType === "Medication") {
    const text = medicineText(resource, refs, steps);
    if (text !== undefined) return { text, key: resource.code === undefined ? "" : "code" };
  }
  for (const key of NAMING) {
    if (resource[key] === undefined) continue;
    const text = named(resource[key], key, resource, refs, steps);
    // What is too much for a title is told as a whole besides.
    if (text !== undefined) return { text, key: asList(resource[key]).length > MOST ? "" : key };
  }
  if (resource.resourceType === "AllergyIntolerance") {
    const text = joinedFirst(asList(resource.reaction), (it) => conceptText(asObject(it)?.substance));
    if (text !== undefined) return { text, key: "" };
  }
  if (resource.resourceType === "Device") {
    const names = [...asList(resource.deviceName), ...asList(resource.name)];
    const text =
      joinedFirst(names, (it) => asText(asObject(it)?.name) ?? asText(asObject(it)?.value)) ??
      asText(resource.modelNumber);
    if (text !== undefined) return { text, key: "deviceName" };
  }
  if (String(resource.resourceType).startsWith("Medication")) return { text: "unnamed medication", key: "" };
  return undefined;
}

/** A medicine is its name and, where the record has them, its form and how much of what is in it. */
function medicineText(resource: Json, refs: References, steps: number): string | undefined {
  const parts = asList(resource.ingredient).map(asObject);
  const told = joinedFirst(parts, (it) => {
    const name = firstName([it?.itemCodeableConcept, it?.item, it?.itemReference], resource, refs, steps);
    return [name, strengthOf(it), it?.isActive === false && "(not active)"].filter(Boolean).join(" ");
  });
  const code = conceptText(resource.code);
  const form = conceptText(resource.form ?? resource.doseForm);
  if (code === undefined) return told && [told, form].filter(Boolean).join(", form ");
  const more = [
    form,
    parts.slice(0, MOST).some((it) => strengthOf(it) !== undefined) ? told : undefined,
  ].filter(Boolean);
  return more.length === 0 ? code : `${code} (${more.join(", ")})`;
}

/** R4's ratio, R5's `strength[x]`, STU3's `amount`. */
function strengthOf(part: Json | undefined): string | undefined {
  const ratio = asObject(part?.strength ?? part?.strengthRatio ?? part?.amount);
  if (ratio === undefined)
    return quantityText(part?.strengthQuantity) ?? conceptText(part?.strengthCodeableConcept);
  const [above, below] = [quantityText(ratio.numerator), quantityText(ratio.denominator)];
  return below === undefined ? above : `${above ?? ""} / ${below}`;
}

function named(
  value: unknown,
  key: string,
  inside: Json,
  refs: References,
  steps: number,
): string | undefined {
  const text = joinedFirst(asList(value), (it) => conceptOrReference(it, inside, refs, steps));
  return key.startsWith("medication") ? text?.replace(/^unnamed entry/, "unnamed medication") : text;
}

function firstName(values: unknown[], inside: Json, refs: References, steps: number): string | undefined {
  return values.map((it) => conceptOrReference(it, inside, refs, steps)).find((it) => it !== undefined);
}

/** A CodeableConcept, a Reference, or R5's CodeableReference, which holds either. */
export function conceptOrReference(
  value: unknown,
  inside: Json,
  refs: References,
  steps = 0,
): string | undefined {
  const thing = asObject(value);
  if (thing === undefined) return conceptText(value);
  const [concept, reference] = [asObject(thing.concept), asObject(thing.reference)];
  if (concept !== undefined || reference !== undefined) {
    return joined([conceptText(concept), reference && referenceText(reference, inside, refs, steps)]);
  }
  return typeof thing.reference === "string" || asObject(thing.identifier) !== undefined
    ? referenceText(thing, inside, refs, steps)
    : conceptText(thing);
}

/** What a reference points to; of people and places nothing. */
export function referenceText(
  reference: Json,
  inside: Json,
  refs: References,
  steps = 0,
): string | undefined {
  const found = targetOf(reference, inside, refs);
  const type = typeOfReference(reference, inside, refs);
  if (type !== undefined && PERSONAL.has(type)) return undefined;
  const display = asText(reference.display);
  const what =
    type === undefined ? "entry" : type.replace(/(?<=[a-z])[A-Z]/g, (it) => ` ${it}`).toLowerCase();
  if (found !== undefined && steps < MAX_STEPS) {
    const { text, negation } = refs.remembered(found, steps, () => nameOf(found, refs, steps + 1));
    const name = text ?? display ?? `unnamed ${what}`;
    return negation === undefined ? name : `${name} (${negation})`;
  }
  return display ?? `unnamed ${what} (reference not in the record)`;
}

/** How others name a resource; undefined where it has no name. */
function nameOf(resource: Json, refs: References, steps: number): Name {
  const title = titleOf(resource, refs, steps);
  const unnamed = title === undefined || (title.key === "" && title.text.startsWith("unnamed"));
  return {
    text: unnamed ? undefined : shortened(title.text, LONGEST),
    negation: isEnteredInError(resource) ? "entered in error" : negationOf(resource),
  };
}

function targetOf(reference: Json, inside: Json, refs: References): Json | undefined {
  const to = asAddress(reference.reference);
  return to === undefined ? undefined : refs.find(to, inside);
}

/** The type of what a reference points to, as far as the record or the reference tells it. */
export function typeOfReference(reference: Json, inside: Json, refs: References): string | undefined {
  return asText(targetOf(reference, inside, refs)?.resourceType) ?? statedType(reference);
}

/** The type that a reference itself names. */
export function statedType(reference: Json): string | undefined {
  return (
    asAddress(reference.type)?.split("/").at(-1) ??
    /([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]*)?$/.exec(asAddress(reference.reference) ?? "")?.[1]
  );
}

export function joined(values: readonly (string | undefined)[]): string | undefined {
  const found = values.filter((it) => it !== undefined && it !== "");
  return found.length === 0 ? undefined : [...new Set(found)].join(", ");
}

/** The first of a list, and how many more there are. */
function joinedFirst<T>(values: readonly T[], textOf: (value: T) => string | undefined): string | undefined {
  const more = values.length > MOST ? `and ${values.length - MOST} more` : undefined;
  return joined([...values.slice(0, MOST).map(textOf), more]);
}
