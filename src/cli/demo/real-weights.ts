/** How to go from the phantom to MedGemma itself. */
export const REAL_MODEL = "medgemma-1.5-4b-it-Q4_K_M.gguf";
export const REAL_PROJECTOR = "mmproj-F16.gguf";

export const REAL_COMMAND = `medgemma ask --model ${REAL_MODEL} --mmproj ${REAL_PROJECTOR} chest.png "Describe this X-ray"`;

export const REAL_SOURCE =
  `${REAL_MODEL} (2.5 GB) and ${REAL_PROJECTOR} (0.85 GB), both from huggingface.co/unsloth/medgemma-1.5-4b-it-GGUF, ` +
  "under Google's Health AI Developer Foundations terms";

export const TEST_OBJECT =
  "The embedded model is a test object: it knows only drawn pictures like these, and nothing of patients.";
