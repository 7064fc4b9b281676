import { isEnteredInError, negationOf } from "./modifiers.js";
import type { References } from "./references.js";
import { PERSONAL } from "./types.js";
import { asList, asObject, asText, conceptText, type Json, quantityText } from "./values.js";

/** References lead to resources whose title may be a reference again. */
const MAX_STEPS = 3;

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
    if (text !== undefined) return { text, key };
  }
  if (resource.resourceType === "AllergyIntolerance") {
    const text = joined(asList(resource.reaction).map((it) => conceptText(asObject(it)?.substance)));
    if (text !== undefined) return { text, key: "" };
  }
  if (resource.resourceType === "Device") {
    const names = [...asList(resource.deviceName), ...asList(resource.name)].map(asObject);
    const text =
      joined(names.map((it) => asText(it?.name) ?? asText(it?.value))) ?? asText(resource.modelNumber);
    if (text !== undefined) return { text, key: "deviceName" };
  }
  if (String(resource.resourceType).startsWith("Medication")) return { text: "unnamed medication", key: "" };
  return undefined;
}

/** A medicine is its name and, where the record has them, its form and how much of what is in it. */
function medicineText(resource: Json, refs: References, steps: number): string | undefined {
  const parts = asList(resource.ingredient)
    .map(asObject)
    .map((it) => {
      const name = firstName([it?.itemCodeableConcept, it?.item, it?.itemReference], resource, refs, steps);
      return { name, strength: strengthOf(it), inactive: it?.isActive === false };
    });
  const told = joined(
    parts.map(({ name, strength, inactive }) =>
      [name, strength, inactive && "(not active)"].filter(Boolean).join(" "),
    ),
  );
  const code = conceptText(resource.code);
  const form = conceptText(resource.form ?? resource.doseForm);
  if (code === undefined) return told && [told, form].filter(Boolean).join("; form ");
  const more = [form, parts.some((it) => it.strength !== undefined) ? told : undefined].filter(Boolean);
  return more.length === 0 ? code : `${code} (${more.join("; ")})`;
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
  const text = joined(asList(value).map((it) => conceptOrReference(it, inside, refs, steps)));
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
    const title = titleOf(found, refs, steps + 1);
    const unnamed = title === undefined || (title.key === "" && title.text.startsWith("unnamed"));
    const text = unnamed ? (display ?? `unnamed ${what}`) : title.text;
    const negation = isEnteredInError(found) ? "entered in error" : negationOf(found);
    return negation === undefined ? text : `${text} (${negation})`;
  }
  return display ?? `unnamed ${what} (reference not in the record)`;
}

function targetOf(reference: Json, inside: Json, refs: References): Json | undefined {
  const to = asText(reference.reference);
  return to === undefined ? undefined : refs.find(to, inside);
}

/** The type of what a reference points to, as far as the record or the reference tells it. */
export function typeOfReference(reference: Json, inside: Json, refs: References): string | undefined {
  return asText(targetOf(reference, inside, refs)?.resourceType) ?? statedType(reference);
}

/** The type that a reference itself names. */
export function statedType(reference: Json): string | undefined {
  return (
    asText(reference.type)?.split("/").at(-1) ??
    /([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]*)?$/.exec(asText(reference.reference) ?? "")?.[1]
  );
}

export function joined(values: readonly (string | undefined)[]): string | undefined {
  const found = values.filter((it) => it !== undefined && it !== "");
  return found.length === 0 ? undefined : [...new Set(found)].join(", ");
}
