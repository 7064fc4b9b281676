/** Goes with every result. */
export const DRAFT_NOTICE =
  "Unverified draft of an AI model. Not a medical device; not for diagnosis or treatment.";

export const PHANTOM_NOTICE =
  "Made by the embedded phantom, a test object that knows only drawn pictures. Not for patients.";
