import { asList, asObject, asText, type Json } from "./values.js";

/** Every code of a concept, of a coding, or a plain code, in lower case: a display may say it in any words. */
function codesOf(value: unknown): string[] {
  const concept = asObject(value);
  const all = concept === undefined ? [value] : [concept.code, concept.text, ...asList(concept.coding)];
  return all
    .map((it) => asText(asObject(it)?.code) ?? asText(it))
    .filter((it) => it !== undefined)
    .map((it) => it.toLowerCase());
}

function has(value: unknown, code: string): boolean {
  return codesOf(value).includes(code);
}

/** Elements that say of a resource whether it holds. */
const STATES = ["status", "verificationStatus", "lifecycleStatus", "clinicalStatus"] as const;

/** It was written down by mistake and says nothing about the patient. */
export function isEnteredInError(resource: Json): boolean {
  return STATES.some((name) => has(resource[name], "entered-in-error"));
}

const isTrue = (value: unknown): boolean => value === true || value === "true";

/**
 * Words that belong in front of a resource, or a part of one, that says the opposite of what it names: R4's and R5's
 * modifier elements and their forms in STU3 and DSTU2. Other states (stopped, cancelled, draft) are told as they are.
 */
export function negationOf(thing: Json): string | undefined {
  const found = [
    isTrue(thing.doNotPerform) || isTrue(thing.prohibited) ? "do NOT perform" : undefined,
    notDone(thing),
    has(thing.status, "not-taken") ||
    isTrue(thing.wasNotTaken) ||
    has(thing.taken, "n") ||
    has(asObject(thing.adherence)?.code, "not-taking")
      ? "NOT taken"
      : undefined,
    has(thing.verificationStatus, "refuted") ? "REFUTED, not present" : undefined,
    has(thing.actuality, "potential") ? "potential, did not happen" : undefined,
    isTrue(thing.deleted) ? "REMOVED from the list" : undefined,
    isTrue(thing.exclude) ? "EXCLUDED" : undefined,
    isTrue(thing.isSubpotent) || isTrue(thing.notPotent) ? "subpotent, does not count" : undefined,
    asText(asObject(thing.provision)?.type) === "deny" ? "consent DENIED" : undefined,
  ].filter((it) => it !== undefined);
  return found.length === 0 ? undefined : found.join(", ");
}

function notDone(thing: Json): string | undefined {
  const said =
    has(thing.status, "not-done") ||
    [thing.notDone, thing.notGiven, thing.wasNotGiven, thing.notPerformed].some(isTrue);
  if (!said) return undefined;
  return thing.resourceType === "Immunization" || thing.resourceType === "MedicationAdministration"
    ? "NOT given"
    : "NOT done";
}

/**
 * Names of the modifier extensions anywhere in a resource, the last part of their address: each may change or reverse
 * what it says, and none is read.
 */
export function unreadModifiers(value: unknown, depth = 0): string[] {
  if (typeof value !== "object" || value === null || depth > 40) return [];
  if (Array.isArray(value)) return value.flatMap((it) => unreadModifiers(it, depth + 1));
  return Object.entries(value).flatMap(([key, own]) => {
    if (key === "implicitRules") return ["implicitRules"];
    if (key !== "modifierExtension") return unreadModifiers(own, depth + 1);
    return asList(own).map((it) => asText(asObject(it)?.url)?.split(/[/#:]/).at(-1) || "unnamed");
  });
}

/** Elements that forbid; deeper parts of a resource have them too. */
function forbids(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null || depth > 40) return false;
  if (Array.isArray(value)) return value.some((it) => forbids(it, depth + 1));
  const thing = value as Json;
  if (isTrue(thing.doNotPerform) || isTrue(thing.prohibited)) return true;
  return Object.entries(thing).some(
    ([key, own]) => (key === "provision" && asList(own).some(denies)) || forbids(own, depth + 1),
  );
}

function denies(provision: unknown): boolean {
  return asText(asObject(provision)?.type) === "deny";
}

const NO_RESUSCITATION =
  /do[ -]not[ -](?:attempt[ -])?(?:cardiopulmonary[ -])?resuscitat|not for (?:resuscitation|CPR)|\b(?:DNR|DNAR|DNACPR)\b/i;

/** Whether it says what must not be done to the patient, an order not to resuscitate among it. */
export function isProhibition(resource: Json, text: string): boolean {
  return forbids(resource) || NO_RESUSCITATION.test(text);
}
