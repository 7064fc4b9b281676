import type { Preset } from "./presets.js";
import { PRESETS, SYSTEM_TEXTS } from "./presets.js";

/**
 * The prompts of the tasks, by model: Google's words where they are published, ours where they are not, and for the
 * phantom those it was trained on. Each names its source. `version` rises when a word changes.
 */
export type PresetFamily = "phantom" | "1.0" | "1.5";

/** A question whose answers are scored. */
export interface ScoredPreset extends Preset {
  /**
   * The spellings of each answer; their probabilities are added up. Of a yes/no question `yes` and `no`; of a lettered
   * one `letter`, with `{letter}` in it.
   */
  readonly answers: { readonly yes: readonly string[]; readonly no: readonly string[] } | LetteredAnswers;
  /**
   * True when the model was taught to begin with the answer: probability outside the answers then means that the
   * question does not suit the picture. False where it may argue first, so that only their ratio counts.
   */
  readonly direct: boolean;
  /** What stands before the answer when the model has thought or argued. */
  readonly lead: string;
}

export interface LetteredAnswers {
  readonly letter: readonly string[];
}

const text = (words: string) => ({ type: "text", text: words }) as const;
const IMAGE = { type: "image" } as const;
const IMAGES = { type: "images" } as const;
const TRAINED = "models/phantom: trained on these words";

const WRITE_REPORT = text("{context}Write a radiology report for this image with the sections {sections}.");
const REPORT_SOURCE =
  "system text of quick_start_with_hugging_face.ipynb; the question is ours, for Google publishes none that asks for sections";

function report(source: string): Preset {
  const common = { version: 1, source, system: SYSTEM_TEXTS.image, maxTokens: 500 };
  return { id: "report", ...common, content: [IMAGES, WRITE_REPORT] };
}

/** With a prior picture. */
function followUp(source: string): Preset {
  return {
    ...report(source),
    id: "report-follow-up",
    content: [text("Prior image:"), IMAGE, text("Current image:"), IMAGES, WRITE_REPORT],
  };
}

const FINAL = { direct: false, lead: "Final Answer: " } as const;
const ARGUE =
  'You may write out your argument before stating your final very short, definitive, and concise answer (if possible, a single word or the letter corresponding to your answer choice) X in the format "Final Answer: X":';

const PHANTOM_YES_NO: ScoredPreset = {
  id: "phantom-yes-no",
  version: 1,
  source: TRAINED,
  content: [IMAGES, text("Is there {label} in this image? Answer with yes or no.")],
  maxTokens: 64,
  answers: { yes: ["Yes"], no: ["No"] },
  direct: true,
  lead: "",
};

const YES_NO_1_0: ScoredPreset = {
  id: "google-cxr-condition",
  version: 1,
  source: "MedGemma Technical Report (arXiv 2507.05201), appendix: MIMIC, CheXpert and CXR14",
  content: [IMAGES, text(`Is there {label} in this image? ${ARGUE}`)],
  maxTokens: 500,
  answers: {
    yes: ["Final Answer: yes", "Final Answer: Yes"],
    no: ["Final Answer: no", "Final Answer: No"],
  },
  ...FINAL,
};

const YES_NO_1_5: ScoredPreset = {
  ...YES_NO_1_0,
  id: "google-1.5-cxr-condition",
  source: "MedGemma 1.5 report (arXiv 2604.05081), appendix B; the typing errors are theirs",
  content: [
    IMAGES,
    text(
      'Is there {label} in this image? You MUST end your responce with either "Final Answer: yes" or "Final Answer: no',
    ),
  ],
};

const PHANTOM_CHOICE: ScoredPreset = {
  id: "phantom-choice",
  version: 1,
  source: TRAINED,
  content: [IMAGES, text("Which of the following is shown in this image?\n{options}")],
  maxTokens: 64,
  answers: { letter: ["{letter}"] },
  direct: true,
  lead: "",
};

const CHOICE: ScoredPreset = {
  id: "google-choice",
  version: 1,
  source:
    "ending of the MedGemma Technical Report's choice questions (arXiv 2507.05201, appendix), options as in fine_tune_with_hugging_face.ipynb; the question is ours",
  content: [IMAGES, text(`Which of the following is shown in this image?\n{options}\n${ARGUE}`)],
  maxTokens: 500,
  answers: { letter: ["Final Answer: {letter}", "Final Answer: ({letter})"] },
  ...FINAL,
};

export interface LocatePreset extends Preset {
  /** False when one question asks for everything the model can locate; then `object_name` has no place in it. */
  readonly oneTargetEach: boolean;
}

const LOCATE: LocatePreset = { ...PRESETS["google-cxr-anatomy"], oneTargetEach: true };
const PHANTOM_LOCATE: LocatePreset = {
  id: "phantom-locate",
  version: 1,
  source: TRAINED,
  content: [IMAGE, text("Locate the lesions as JSON boxes.")],
  maxTokens: 300,
  oneTargetEach: false,
};

const PHANTOM_COMPARE: Preset = {
  id: "phantom-compare",
  version: 1,
  source: TRAINED,
  content: [
    text("Prior image:"),
    IMAGE,
    text("Current image:"),
    IMAGE,
    text("What has changed since the prior image?"),
  ],
  maxTokens: 300,
};

/** The published part of RadExplain's prompt is everything up to the first full stop after "sentence". */
const EXPLAIN: Preset = {
  id: "radexplain",
  version: 1,
  source:
    "Google's RadExplain (routes.py), as far as it is published: its first two sentences and the question; what follows is ours",
  system:
    "You are a public-facing clinician. A learning user has provided a sentence from a radiology report and is viewing the accompanying {kind} image. Your task is to explain the meaning of ONLY the provided sentence in plain language, in at most three short sentences, without naming findings that it does not mention and without advice.{report}",
  content: [IMAGES, text("Explain this sentence from the radiology report: '{sentence}'")],
  maxTokens: 250,
};

const everywhere = <P extends Preset>(preset: P): Record<PresetFamily, P> => ({
  phantom: preset,
  "1.0": preset,
  "1.5": preset,
});

export const TASK_PRESETS = {
  report: { ...everywhere(report(REPORT_SOURCE)), phantom: report(TRAINED) },
  followUp: everywhere(followUp(REPORT_SOURCE)),
  yesNo: { phantom: PHANTOM_YES_NO, "1.0": YES_NO_1_0, "1.5": YES_NO_1_5 },
  choice: { ...everywhere(CHOICE), phantom: PHANTOM_CHOICE },
  locate: { ...everywhere(LOCATE), phantom: PHANTOM_LOCATE },
  compare: { ...everywhere<Preset>(PRESETS["google-cxr-longitudinal"]), phantom: PHANTOM_COMPARE },
  explain: everywhere(EXPLAIN),
} as const;
