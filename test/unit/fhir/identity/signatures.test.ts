import { expect, test } from "vitest";
import { findPatterns } from "../../../../src/fhir/identity/patterns.js";
import { replaceSpans } from "../../../../src/fhir/identity/tokens.js";

test.each([
  ["Seen by Dr Foxglove Severe penicillin allergy", "Seen by [name] Severe penicillin allergy"],
  ["Dictated by Jonas Quimby, MD Allergic to penicillin", "Dictated by [name] Allergic to penicillin"],
  ["Signed by John Brown. Warfarin stopped", "Signed by [name]. Warfarin stopped"],
  ["Seen by Jo Quimby. Reviewed by Mary Poppins. Gout", "Seen by [name]. Reviewed by [name]. Gout"],
])("a signature ends where words of the note begin: %s", (text, expected) => {
  expect(replaceSpans(text, findPatterns(text))).toBe(expected);
});
