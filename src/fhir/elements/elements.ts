import { table } from "../../base/table.js";

/** Which elements are told, and under which words. */

/** Who did it, for whom and where; numbers and technical things. */
export const UNTOLD: ReadonlySet<string> = new Set([
  ...["resourceType", "id", "meta", "implicitRules", "language", "text", "contained"],
  ...["modifierExtension", "identifier", "masterIdentifier", "groupIdentifier", "accessionIdentifier"],
  ...["url", "system", "version", "instantiatesCanonical", "instantiatesUri", "linkId", "uid"],
  ...["subject", "patient", "individual", "performer", "performerType", "author", "recorder", "asserter"],
  ...["requester", "source", "informationSource", "participant", "actor", "attester", "custodian"],
  ...["authenticator", "recipient", "sender", "receiver", "collector", "agent", "organization", "location"],
  ...["serviceProvider", "managingOrganization", "who", "onBehalfOf", "enterer", "reporter", "contributor"],
  ...[
    "owner",
    "requestedPerformer",
    "dispenser",
    "interpreter",
    "resultsInterpreter",
    "operator",
    "careManager",
  ],
  ...["responsible", "verification", "authorReference", "authorString", "careTeam", "team", "manufacturer"],
  ...["reportedReference", "reportedBoolean", "primarySource", "name", "telecom", "address", "contact"],
  ...[
    "prescriber",
    "orderer",
    "for",
    "expressedBy",
    "referrer",
    "assessor",
    "responsibleParty",
    "controller",
  ],
  ...["grantor", "grantee", "manager", "origin", "destination", "deliverTo", "supplier", "authority"],
  ...[
    "verifiedWith",
    "encounter",
    "context",
    "basedOn",
    "partOf",
    "replaces",
    "priorPrescription",
    "priorRequest",
  ],
  ...["lotNumber", "serialNumber", "udiCarrier", "udi", "insurance", "payment", "billingStatus", "account"],
  ...["signature", "securityLabel", "security", "confidentiality", "format", "questionnaire", "relatesTo"],
  ...["statusHistory", "classHistory", "eventHistory", "endpoint", "born", "bornDate"],
  // Told by what stands in front of a title.
  ...["doNotPerform", "prohibited", "notDone", "notGiven", "wasNotGiven", "notPerformed", "wasNotTaken"],
  ...["deleted", "exclude", "isSubpotent", "actuality"],
  ...["bornPeriod", "policy", "userSelected", "hash", "size", "creation"],
]);

/** Elements of one name that mean technical things in one type and tell something in others. */
export const UNTOLD_IN: Readonly<Record<string, ReadonlySet<string>>> = table({
  ImagingStudy: new Set(["instance"]),
});

/** Elements of one name that tell where somebody is in most types, and in these what is the matter. */
export const TOLD_IN: Readonly<Record<string, ReadonlySet<string>>> = table({
  BodyStructure: new Set(["location"]),
});

/** Told before the rest, or by the title. */
export const TOLD_FIRST: ReadonlySet<string> = new Set([
  ...["component", "clinicalStatus", "verificationStatus", "status", "intent", "severity", "criticality"],
  ...["lifecycleStatus", "dataAbsentReason", "section", "item"],
]);

/** Elements that need no word in front of them. */
export const PLAIN: ReadonlySet<string> = new Set([
  ...["code", "concept", "manifestation", "item", "content", "detail", "outcome", "prediction"],
  ...["dose", "doseQuantity", "doseRange", "doseAndRate"],
]);

const RENAMED: Readonly<Record<string, string>> = table({
  dosageInstruction: "dose",
  dosage: "dose",
  doseAndRate: "dose",
  bodySite: "site",
  result: "results",
  abatement: "until",
  referenceRange: "reference",
});

const SUFFIX =
  /(?<=[a-z])(?:CodeableConcept|Quantity|Reference|DateTime|Date|Period|String|Boolean|Integer64|Integer|Decimal|Range|Ratio|Age|Duration|Timing|Code|Instant|Uri|Markdown|Attachment|Coding|PositiveInt|UnsignedInt|Canonical)$/;

/** Labels of the keys that came first: a record has the same ones in each of its resources. */
const labels = new Map<string, string>();
const MOST_LABELS = 2000;

/** `abatementDateTime` is told as `until`, `oralDiet` as `oral diet`. */
export function labelOf(key: string): string {
  const known = labels.get(key);
  if (known !== undefined) return known;
  const base = key.replace(SUFFIX, "");
  const label = words(RENAMED[base] ?? base);
  if (labels.size < MOST_LABELS && key.length < 100) labels.set(key, label);
  return label;
}

/** `oralDiet` and `body-position` as words. */
export function words(name: string): string {
  return name.replaceAll("-", " ").replace(/(?<=[a-z])[A-Z]/g, (it) => ` ${it.toLowerCase()}`);
}
