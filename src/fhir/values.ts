/** FHIR R4 data types as words. Everything is optional and nothing is trusted to be of its type. */

import { withoutData } from "./text/data.js";

export type Json = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** Spaces but single plain ones, which stay as they are: a text of megabytes has a million of them. */
const UNEVEN = /[\s\uE000-\uE003]{2,}|[\uE000-\uE003]|[^\S ]/g;

/** One line; without the marks of scopes.ts, and without data that is no words. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "string") {
    return withoutData(value.replace(UNEVEN, " ").trim()) || undefined;
  }
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
  return [
    asText(quantity?.comparator),
    number,
    asText(quantity?.unit) ?? asText(quantity?.code) ?? asText(quantity?.currency),
  ]
    .filter((it) => it !== undefined)
    .join(" ");
}

/** The low and high of a range; undefined where there is neither. */
export function rangeText({ low, high }: Json): string | undefined {
  const [from, to] = [quantityText(low), quantityText(high)];
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  return from === undefined ? to && `up to ${to}` : `from ${from}`;
}

/** Elements that say when it was, the most telling first. */
export const DATES = [
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
  ...["started", "collectedDateTime", "actualPeriod", "startDate", "issued", "date", "created", "sent"],
  ...["authored", "receivedTime"],
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
