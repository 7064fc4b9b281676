import type { Telling } from "../elements/references.js";
import { asObject, asText, conceptText, type Json, quantityText } from "../elements/values.js";
import { conceptOrReference } from "./title.js";
import { periodText } from "./when.js";

/** Characters of sampled data that are told: thousands of numbers say nothing in words. */
const SAMPLES = 200;

/** More elements than any of these types has. */
const MOST_KEYS = 40;

/** Data types that have words of their own. */
export function sayKnown(thing: Json, { inside, refs }: Telling): string | undefined {
  const all = Object.keys(thing);
  if (all.length > MOST_KEYS) return undefined;
  const keys = all.filter((key) => key !== "id" && !/extension$/i.test(key));
  const only = (...names: string[]) => keys.length > 0 && keys.every((key) => names.includes(key));
  const has = (name: string) => keys.includes(name);
  if (has("coding") && only("coding", "text")) return conceptText(thing);
  if (
    (typeof thing.code === "string" || has("display")) &&
    only("system", "version", "code", "display", "userSelected")
  ) {
    return conceptText(thing);
  }
  if (only("concept", "reference")) return conceptOrReference(thing, inside, refs);
  if (
    asObject(thing.value) === undefined &&
    asObject(thing.code) === undefined &&
    only("value", "comparator", "unit", "system", "code", "currency")
  ) {
    return quantityText(thing);
  }
  if (only("numerator", "denominator")) {
    return `${quantityText(thing.numerator) ?? ""} : ${quantityText(thing.denominator) ?? ""}`;
  }
  if (only("start", "end")) return periodText(thing);
  if (has("data") && has("origin")) return sayData(thing);
  if (only("text", "time", "authorString", "authorReference") && typeof thing.text === "string") {
    const [text, time] = [asText(thing.text), asText(thing.time)?.slice(0, 10)];
    return text !== undefined && time !== undefined ? `${text} (${time})` : text;
  }
  return undefined;
}

function sayData({ origin, period, interval, intervalUnit, data }: Json): string {
  const every = asText(period) ?? asText(interval);
  const samples = typeof data === "string" ? data : "";
  const unit = quantityText({ ...asObject(origin), value: "" })?.trim();
  const shown = samples.length <= SAMPLES ? samples : `${samples.length} characters, not read`;
  return `sampled data (${[unit, every && `every ${every} ${asText(intervalUnit) ?? "ms"}`, shown].filter(Boolean).join(", ")})`;
}
