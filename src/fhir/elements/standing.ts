import { labelOf, UNTOLD } from "./elements.js";
import { MODIFIER_ELEMENTS } from "./modifier-elements.js";
import { asText, conceptText, type Json } from "./values.js";

/** How a resource stands: what says of it whether it is in force, sure, or over, apart from what denies it outright. */
const STATES = ["clinicalStatus", "lifecycleStatus", "status", "verificationStatus", "docStatus", "intent"];

/** Codes that say no more than that the resource is what it seems. */
const ORDINARY: ReadonlySet<string> = new Set(["final", "finished", "confirmed", "order"]);

/** Of those that are told, the ones that a reader takes for granted of a piece that does not repeat them. */
const EXPECTED: ReadonlySet<string> = new Set([
  ...[
    "active",
    "current",
    "completed",
    "in-progress",
    "available",
    "recorded",
    "amended",
    "corrected",
    "filler-order",
  ],
  ...["original-order", "instance-order", "plan"],
]);

/** Told as negation, as a title, or not of the resource itself. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["doNotPerform", "isSubpotent", "actuality", "notDone", "notGiven", "code", "scope", "decision", "use"],
  ...["instance", "link"],
]);

/** By type of resource, those of the types that have more than others. */
const byType = new Map<string, string[]>();
for (const [name, types] of Object.entries(MODIFIER_ELEMENTS)) {
  if (!/^[A-Za-z]+$/.test(name) || ELSEWHERE.has(name) || UNTOLD.has(name)) continue;
  for (const type of types.split(" ")) {
    const own = byType.get(type) ?? [...STATES];
    if (!own.includes(name)) own.push(name);
    byType.set(type, own);
  }
}

/** Elements of a resource that are told by its standing. */
export function standingElements({ resourceType }: Json): readonly string[] {
  const type = String(resourceType);
  return byType.get(type) ?? STATES;
}

/** Each state in words, the clinical first. */
export function standingOf(resource: Json): { readonly all: string[]; readonly carried: string[] } {
  const all: string[] = [];
  const carried: string[] = [];
  const names = standingElements(resource);
  // A status beside a clinical one is that of the entry, which is what it says.
  for (const name of names) {
    const value = resource[name];
    const text = conceptText(value);
    if (text === undefined || ORDINARY.has(text.toLowerCase())) continue;
    if (name === "active" && String(value) === "true") continue;
    const plain = STATES.includes(name) && name !== "docStatus";
    const said = plain ? text : `${labelOf(name)} ${text}`;
    if (all.includes(said)) continue;
    all.push(said);
    if (!EXPECTED.has(asText(text)?.toLowerCase() ?? "")) carried.push(said);
  }
  return { all, carried };
}
