import type { Pace, Steps } from "../../base/breather.js";
import { table } from "../../base/table.js";
import { HAS, mayHave } from "../elements/survey.js";
import { asList, asObject, asText, type Json, keysOf } from "../elements/values.js";

/** Things in one another that are looked at. */
const MAX_DEPTH = 40;
/** Characters of an address whose last part is a name. */
const MAX_NAME = 200;

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
  return value !== undefined && codesOf(value).includes(code);
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
const WITHDRAWN: Readonly<Record<string, string>> = table({
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
});
const CARRIES_STATUS = [...STATES, "docStatus", "participantStatus"] as const;

function withdrawal(thing: Json): string | undefined {
  for (const name of CARRIES_STATUS) {
    if (thing[name] === undefined) continue;
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
    // Among what is denied it says the opposite.
    asText(thing.type) === "permit" ? "PERMITTED" : undefined,
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
export function* unreadModifiers(resource: Json, pace: Pace): Steps<ReadonlySet<string>> {
  return (yield* mayHave(resource, HAS.modifiers, pace)) ? yield* modifiersIn(resource, pace, 0) : new Set();
}

function* modifiersIn(value: object, pace: Pace, depth: number): Steps<ReadonlySet<string>> {
  const found = new Set<string>();
  if (depth > MAX_DEPTH) return found;
  for (const key of keysOf(value)) {
    if (pace.isDue()) yield undefined;
    const own: unknown = (value as Json)[key];
    if (key === "implicitRules") found.add(key);
    else if (key === "modifierExtension") {
      for (const it of asList(own)) {
        found.add(asText(asObject(it)?.url)?.slice(-MAX_NAME).split(/[/#:]/).at(-1) || "unnamed");
      }
    } else if (typeof own === "object" && own !== null) {
      for (const name of yield* modifiersIn(own, pace, depth + 1)) found.add(name);
    }
  }
  return found;
}

/** Elements that forbid; deeper parts of a resource have them too. */
function* forbids(value: object, pace: Pace, depth = 0): Steps<boolean> {
  if (depth > MAX_DEPTH) return false;
  if (!Array.isArray(value)) {
    const thing = value as Json;
    if (isTrue(thing.doNotPerform) || isTrue(thing.prohibited) || deniesConsent(thing)) return true;
    if ([...asList(thing.provision), ...asList(thing.except)].some(denies)) return true;
  }
  for (const key of keysOf(value)) {
    if (pace.isDue()) yield undefined;
    const own: unknown = (value as Json)[key];
    if (typeof own === "object" && own !== null && (yield* forbids(own, pace, depth + 1))) return true;
  }
  return false;
}

function denies(provision: unknown): boolean {
  return asText(asObject(provision)?.type) === "deny";
}

/**
 * R5's decision, and R4's rule to which provisions are exceptions (v3-ActCode OPTOUT, OPTOUTE); of STU3 an address that
 * ends in it.
 */
function deniesConsent(thing: Json): boolean {
  const { decision, policyRule, policyBasis } = thing;
  if (policyRule === undefined && policyBasis === undefined) return asText(decision) === "deny";
  const rules = [...codesOf(policyRule), ...codesOf(asObject(policyBasis)?.reference)];
  return asText(decision) === "deny" || rules.some((it) => /(?:^|[/#:-])opt-?oute?$/.test(it));
}

/** Whether elements of a resource say what must not be done to the patient. What is withdrawn forbids nothing. */
export function* isProhibition(resource: Json, pace: Pace): Steps<boolean> {
  const may = yield* mayHave(resource, HAS.prohibitions, pace);
  return may && !isWithdrawn(resource) && (yield* forbids(resource, pace));
}
