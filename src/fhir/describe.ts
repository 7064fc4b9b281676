import {
  asList,
  asObject,
  asText,
  attachmentText,
  conceptText,
  type Json,
  quantityText,
  valueText,
} from "./values.js";

/** Types that tell nothing about the patient's health, or only who somebody is. */
export const NOT_CLINICAL: ReadonlySet<string> = new Set([
  ...[
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "RelatedPerson",
    "Person",
    "Patient",
    "Group",
  ],
  ...[
    "Claim",
    "ClaimResponse",
    "ExplanationOfBenefit",
    "Coverage",
    "Account",
    "Invoice",
    "PaymentNotice",
    "Provenance",
  ],
  ...["AuditEvent", "Endpoint", "HealthcareService", "Schedule", "Slot", "Subscription", "OperationOutcome"],
  ...["Medication", "Binary", "Device", "SupplyDelivery", "Parameters", "CapabilityStatement", "Bundle"],
]);

/** Names of what a reference points to, e.g. a Medication resource. */
export type Names = ReadonlyMap<string, string>;

/** What a resource says about the patient, in one line; who wrote it and for whom is left out. */
export function describe(resource: Json, names: Names): string {
  const title = titleOf(resource, names);
  const parts = [
    valueText(resource),
    ...componentTexts(resource),
    labelled("interpretation", concepts(resource.interpretation)),
    labelled("reference", referenceRange(resource)),
    ...statusTexts(resource),
    ...detailTexts(resource, names),
  ];
  const said = parts.filter((part) => part !== undefined && part !== "" && part !== title);
  return [title, said.join("; ")].filter(Boolean).join(": ");
}

/** The long texts of a resource: notes and reports, which become entries of their own. */
export function longTexts(resource: Json): string[] {
  const attachments = [
    ...asList(resource.presentedForm),
    ...asList(resource.content).map((it) => asObject(it)?.attachment),
    ...(resource.resourceType === "Media" ? [resource.content] : []),
  ];
  return attachments
    .map(attachmentText)
    .filter((text): text is string => text !== undefined && text.trim() !== "");
}

function titleOf(resource: Json, names: Names): string | undefined {
  const reference = asText(asObject(resource.medicationReference)?.reference);
  return (
    conceptText(resource.code) ??
    conceptText(resource.medicationCodeableConcept) ??
    (reference && names.get(reference)) ??
    asText(asObject(resource.medicationReference)?.display) ??
    conceptText(resource.vaccineCode) ??
    conceptText(asList(resource.type)[0]) ??
    conceptText(resource.relationship) ??
    conceptText(asList(resource.category)[0]) ??
    conceptText(resource.class)
  );
}

function componentTexts({ component }: Json): string[] {
  return asList(component).flatMap((it) => {
    const part = asObject(it);
    const value = part && valueText(part);
    return part && value !== undefined ? [`${conceptText(part.code) ?? "part"} ${value}`] : [];
  });
}

function statusTexts({
  clinicalStatus,
  verificationStatus,
  status,
  intent,
  severity,
  criticality,
}: Json): (string | undefined)[] {
  const state = conceptText(clinicalStatus) ?? asText(status);
  return [
    state === "final" || state === "finished" ? undefined : state,
    conceptText(verificationStatus) === "confirmed" ? undefined : conceptText(verificationStatus),
    asText(intent) === "order" ? undefined : asText(intent),
    labelled("severity", conceptText(severity)),
    labelled("criticality", asText(criticality)),
  ];
}

function detailTexts(resource: Json, names: Names): (string | undefined)[] {
  return [
    labelled(
      "reaction",
      concepts(asList(resource.reaction).flatMap((it) => asList(asObject(it)?.manifestation))),
    ),
    labelled("dose", dosage(resource)),
    labelled("reason", concepts(resource.reasonCode) ?? referenced(resource.reasonReference, names)),
    labelled("site", concepts(resource.bodySite)),
    labelled("outcome", conceptText(resource.outcome)),
    labelled("conclusion", asText(resource.conclusion) ?? concepts(resource.conclusionCode)),
    labelled("results", referenced(resource.result, names)),
    labelled("conditions", concepts(asList(resource.condition).map((it) => asObject(it)?.code))),
    labelled("until", asText(resource.abatementDateTime)?.slice(0, 10)),
    labelled("onset", asText(resource.onsetString) ?? ageText(resource.onsetAge)),
    labelled("description", asText(resource.description)),
    labelled(
      "note",
      asList(resource.note)
        .map((it) => asText(asObject(it)?.text))
        .filter(Boolean)
        .join(" "),
    ),
  ];
}

function labelled(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : `${name} ${value}`;
}

function concepts(value: unknown): string | undefined {
  const found = asList(value)
    .map(conceptText)
    .filter((it) => it !== undefined);
  return found.length === 0 ? undefined : [...new Set(found)].join(", ");
}

/** Displays of people are not shown: only what the record itself names. */
function referenced(value: unknown, names: Names): string | undefined {
  const found = asList(value).flatMap((it) => {
    const reference = asObject(it);
    const name = names.get(asText(reference?.reference) ?? "") ?? asText(reference?.display);
    return name === undefined ? [] : [name];
  });
  return found.length === 0 ? undefined : found.join(", ");
}

function referenceRange({ referenceRange }: Json): string | undefined {
  const range = asObject(asList(referenceRange)[0]);
  if (range === undefined) return undefined;
  const [low, high] = [quantityText(range.low), quantityText(range.high)];
  return asText(range.text) ?? (low || high ? `${low ?? ""} to ${high ?? ""}` : undefined);
}

function dosage(resource: Json): string | undefined {
  const first = asObject(asList(resource.dosageInstruction ?? resource.dosage)[0]);
  if (first === undefined) return undefined;
  const rate = asObject(asList(first.doseAndRate)[0]);
  const text = asText(first.text) ?? quantityText(rate?.doseQuantity) ?? quantityText(first.dose);
  return [text, conceptText(first.route)].filter(Boolean).join(", ") || undefined;
}

function ageText(value: unknown): string | undefined {
  const text = quantityText(value);
  return text === undefined ? undefined : `at ${text}`;
}
