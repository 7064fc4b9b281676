/** How to go from the phantom to MedGemma itself. */
const REAL_MODEL = "medgemma-1.5-4b-it";

export const REAL_COMMAND = `medgemma pull ${REAL_MODEL}
  medgemma ask --model ${REAL_MODEL} chest.png "Describe this X-ray"`;

export const REAL_SOURCE = "3.4 GB, under Google's Health AI Developer Foundations terms";

export const TEST_OBJECT =
  "The embedded model is a test object: it knows only drawn pictures like these, and nothing of patients.";
