/** FHIR R4 data types as words. Everything is optional and nothing is trusted to be of its type. */

export type Json = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

export function asText(value: unknown): string | undefined {
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim() || undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** A CodeableConcept, Coding, or plain code. */
export function conceptText(value: unknown): string | undefined {
  const concept = asObject(value);
  if (concept === undefined) return asText(value);
  const coding = asList(concept.coding).map(asObject);
  const shown = asText(concept.text) ?? coding.map((it) => asText(it?.display)).find(Boolean);
  return (
    shown ??
    asText(concept.display) ??
    coding.map((it) => asText(it?.code)).find(Boolean) ??
    asText(concept.code)
  );
}

export function quantityText(value: unknown): string | undefined {
  const quantity = asObject(value);
  const number = asText(quantity?.value);
  if (number === undefined) return undefined;
  return [asText(quantity?.comparator), number, asText(quantity?.unit) ?? asText(quantity?.code)]
    .filter((it) => it !== undefined)
    .join(" ");
}

/** The `value[x]` of an observation or a component. */
export function valueText(resource: Json): string | undefined {
  const range = asObject(resource.valueRange);
  const ratio = asObject(resource.valueRatio);
  return (
    quantityText(resource.valueQuantity) ??
    conceptText(resource.valueCodeableConcept) ??
    asText(resource.valueString) ??
    asText(resource.valueBoolean) ??
    asText(resource.valueInteger) ??
    asText(resource.valueDateTime) ??
    (range && `${quantityText(range.low) ?? ""} to ${quantityText(range.high) ?? ""}`) ??
    (ratio && `${quantityText(ratio.numerator) ?? ""} : ${quantityText(ratio.denominator) ?? ""}`) ??
    asText(asObject(resource.dataAbsentReason)?.text)
  );
}

const DATES = [
  ...[
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "onsetDateTime",
    "onsetPeriod",
    "performedDateTime",
  ],
  ...[
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "period",
    "authoredOn",
    "dateAsserted",
    "recordedDate",
  ],
  ...["started", "collectedDateTime", "issued", "date", "created"],
] as const;

/** When it was, as `2021-03-04` or as much of it as is known. */
export function dateOf(resource: Json): string | undefined {
  for (const name of DATES) {
    const value = resource[name];
    const text = asText(value) ?? asText(asObject(value)?.start) ?? asText(asObject(value)?.end);
    const day = /^\d{4}(?:-\d{2}(?:-\d{2})?)?/.exec(text ?? "")?.[0];
    if (day !== undefined) return day;
  }
  return undefined;
}

/** Text that an attachment carries, when it is text. */
export function attachmentText(value: unknown): string | undefined {
  const attachment = asObject(value);
  const type = asText(attachment?.contentType) ?? "";
  if (typeof attachment?.data !== "string" || !/^text\/(plain|markdown|html)/.test(type)) return undefined;
  const text = Buffer.from(attachment.data, "base64").toString("utf8");
  return type.startsWith("text/html") ? text.replace(/<[^>]{0,500}>/g, " ") : text;
}
