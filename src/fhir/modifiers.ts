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
  return [...STATES, "docStatus"].some((name) => has(resource[name], "entered-in-error"));
}

/**
 * Codes of a status that take back what a resource says, or say that it never came to be, with the words in front.
 * Others (stopped, draft, resolved) are told as they are.
 */
const WITHDRAWN: Readonly<Record<string, string>> = {
  cancelled: "CANCELLED",
  revoked: "CANCELLED (revoked)",
  rejected: "REJECTED",
  declined: "DECLINED",
  superseded: "SUPERSEDED by a later one",
  deprecated: "SUPERSEDED (deprecated)",
  abandoned: "ABANDONED",
  aborted: "ABANDONED (aborted)",
  failed: "FAILED",
  noshow: "DID NOT TAKE PLACE (no show)",
  unsatisfactory: "UNSATISFACTORY",
  retired: "NO LONGER IN USE (retired)",
};
const CARRIES_STATUS = [...STATES, "docStatus", "participantStatus"] as const;

function withdrawal(thing: Json): string | undefined {
  for (const name of CARRIES_STATUS) {
    for (const code of codesOf(thing[name])) if (WITHDRAWN[code] !== undefined) return WITHDRAWN[code];
  }
  return undefined;
}

/** Whether a status says that a resource is not, or no longer, in force. */
export function isWithdrawn(resource: Json): boolean {
  return (
    withdrawal(resource) !== undefined ||
    ["refuted", "inactive", "resolved", "not-done"].some((code) =>
      STATES.some((name) => has(resource[name], code)),
    )
  );
}

const isTrue = (value: unknown): boolean => value === true || value === "true";

/**
 * Words that belong in front of a resource, or a part of one, that says the opposite of what it names: R4's and R5's
 * modifier elements and their forms in STU3 and DSTU2.
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
    // DSTU2 has the word in the status of an allergy.
    has(thing.verificationStatus, "refuted") || has(thing.status, "refuted")
      ? "REFUTED, not present"
      : undefined,
    has(thing.actuality, "potential") ? "potential, did not happen" : undefined,
    isTrue(thing.deleted) ? "REMOVED from the list" : undefined,
    isTrue(thing.exclude) ? "EXCLUDED" : undefined,
    isTrue(thing.isSubpotent) || isTrue(thing.notPotent) ? "subpotent, does not count" : undefined,
    deniesConsent(thing) || asText(asObject(thing.provision)?.type) === "deny" ? "consent DENIED" : undefined,
    asText(thing.type) === "deny" ? "DENIED" : undefined,
    withdrawal(thing),
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
  if (isTrue(thing.doNotPerform) || isTrue(thing.prohibited) || deniesConsent(thing)) return true;
  return Object.entries(thing).some(
    ([key, own]) =>
      ((key === "provision" || key === "except") && asList(own).some(denies)) || forbids(own, depth + 1),
  );
}

function denies(provision: unknown): boolean {
  return asText(asObject(provision)?.type) === "deny";
}

/**
 * R5's decision, and R4's rule to which provisions are exceptions (v3-ActCode OPTOUT, OPTOUTE); of STU3 an address that
 * ends in it.
 */
function deniesConsent(thing: Json): boolean {
  const rules = [...codesOf(thing.policyRule), ...codesOf(asObject(thing.policyBasis)?.reference)];
  return asText(thing.decision) === "deny" || rules.some((it) => /(?:^|[/#:-])opt-?oute?$/.test(it));
}

/** Whether elements of a resource say what must not be done to the patient. What is withdrawn forbids nothing. */
export function isProhibition(resource: Json): boolean {
  return !isWithdrawn(resource) && forbids(resource);
}
