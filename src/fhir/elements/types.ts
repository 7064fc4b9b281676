/** Who and where somebody is: never said, and what references to them display is not either. */
export const PERSONAL: ReadonlySet<string> = new Set([
  ...["Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Person", "Group"],
  ...["Organization", "Location", "HealthcareService", "Endpoint", "CareTeam"],
]);

/** Types that tell nothing about the patient's health, or only who somebody is. */
export const NOT_CLINICAL: ReadonlySet<string> = new Set([
  ...["Practitioner", "PractitionerRole", "Organization", "OrganizationAffiliation", "Location"],
  ...["RelatedPerson", "Person", "Patient", "Group", "HealthcareService", "Endpoint"],
  ...["Claim", "ClaimResponse", "ExplanationOfBenefit", "Coverage", "Account", "Invoice", "PaymentNotice"],
  ...["PaymentReconciliation", "ChargeItem", "ChargeItemDefinition", "Contract", "InsurancePlan"],
  ...["CoverageEligibilityRequest", "CoverageEligibilityResponse", "EnrollmentRequest", "EnrollmentResponse"],
  ...["Provenance", "AuditEvent", "Schedule", "Slot", "Subscription", "OperationOutcome", "MessageHeader"],
  ...["Medication", "Binary", "Device", "Substance", "SupplyDelivery", "Parameters", "Linkage"],
  ...["CapabilityStatement", "StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "NamingSystem"],
  ...["SearchParameter", "OperationDefinition", "ImplementationGuide", "Library", "Measure", "MeasureReport"],
  ...["Questionnaire", "PlanDefinition", "ActivityDefinition", "TestScript", "TestReport", "Bundle"],
]);

/** Types that are no entries, but that others are named by or take their text from. */
export const NAMED: ReadonlySet<string> = new Set(["Medication", "Device", "Substance", "Binary"]);
