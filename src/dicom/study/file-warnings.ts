import type { DicomFacts } from "../file/facts.js";
import { BURNS_IN_TEXT } from "../show/rule-table.js";

/** What a file says of itself that whoever reads the answer has to know. */
export function fileWarnings(facts: DicomFacts): string[] {
  return [...burnedIn(facts), ...forProcessing(facts)];
}

/** Text in the pixels may identify the patient, and the model reads it. */
function burnedIn(facts: DicomFacts): string[] {
  if (facts.burnedIn === "yes")
    return ["The picture is marked as having text burned into its pixels; it may identify the patient."];
  if (facts.burnedIn === "no" || !(BURNS_IN_TEXT.has(facts.modality) || facts.secondaryCapture)) return [];
  return [
    "The file does not say whether text is burned into its pixels, as is common for this kind; it may identify the patient.",
  ];
}

/** Presentation Intent Type (0008,0068): the detector's values before the manufacturer's processing (PS3.3 C.8.11.1.1). */
function forProcessing({ forProcessing }: DicomFacts): string[] {
  return forProcessing
    ? [
        "The picture is marked FOR PROCESSING: detector values that are not meant to be read; ask for the FOR PRESENTATION one.",
      ]
    : [];
}
