import { badOption } from "../../base/errors.js";
/**
 * What Google published, in percent, for comparison where the task is the same. Copied from the sources named.
 * A difference of a point or two can be the prompt: see docs/tasks/evaluate.md.
 */
export interface PublishedFigure {
  readonly benchmark: string;
  readonly metric: string;
  /** Percent by model; models that were not scored are left out. */
  readonly values: Readonly<Record<string, number>>;
  readonly source: string;
}

const MODELS = ["Gemma 3 4B", "MedGemma 1 4B", "MedGemma 1.5 4B", "MedGemma 1 27B multimodal"];
const CARD = "MedGemma 1.5 model card, 13 January 2026";

type Row = readonly [benchmark: string, metric: string, values: readonly (number | undefined)[]];

const IMAGES: readonly Row[] = [
  ["MIMIC CXR", "macro F1", [81.2, 88.9, 89.5, 90]],
  ["CheXpert CXR", "macro F1", [32.6, 48.1, 48.2, 49.9]],
  ["CXR14", "macro F1", [32, 50.1, 48.4, 45.3]],
  ["PathMCQA", "accuracy", [37.1, 69.8, 70, 71.6]],
  ["WSI-Path", "ROUGE", [2.3, 2.2, 49.4, 4.1]],
  ["US-DermMCQA", "accuracy", [52.5, 71.8, 73.5, 71.7]],
  ["EyePACS", "accuracy", [14.4, 64.9, 76.8, 75.3]],
  ["SLAKE", "tokenized F1", [40.2, 72.3, 59.7, 70.3]],
  ["SLAKE", "closed accuracy", [62, 87.6, 82.8, 85.9]],
  ["VQA-RAD", "tokenized F1", [33.6, 49.9, 48.1, 46.7]],
  ["VQA-RAD", "closed accuracy", [42.1, 69.1, 70.2, 67.1]],
  ["MedXpertQA text + mm", "accuracy", [16.4, 18.8, 20.9, 26.8]],
  ["Chest ImaGenome anatomy boxes", "IoU", [5.7, 3.1, 38, 16]],
  ["MS-CXR-T longitudinal", "macro accuracy", [59, 61.11, 65.7, 50.1]],
  ["CT dataset 1 (7 conditions, internal)", "macro accuracy", [54.5, 58.2, 61.1, 57.8]],
  ["CT-RATE validation (18 conditions)", "macro F1", [undefined, 23.5, 27, undefined]],
  ["MRI dataset 1 (10 conditions)", "macro accuracy", [51.1, 51.3, 64.7, 57.4]],
];

const TEXT: readonly Row[] = [
  ["MedQA", "accuracy", [50.7, 64.4, 69.1, 85.3]],
  ["MedMCQA", "accuracy", [45.4, 55.7, 59.8, 70.2]],
  ["PubMedQA", "accuracy", [68.4, 73.4, 68.2, 77.2]],
  ["MMLU Med", "accuracy", [67.2, 70, 69.6, 86.2]],
  ["MedXpertQA, text only", "accuracy", [11.6, 14.2, 16.4, 23.7]],
  ["AfriMed-QA", "accuracy", [48, 52, 56, 72]],
  ["EHRQA", "accuracy", [70.9, 67.6, 89.6, 90.5]],
  ["EHRNoteQA", "accuracy", [78, 79.4, 80.4, 90.7]],
];

/** Report generation on MIMIC-CXR. */
const REPORTS: Record<string, number> = {
  "MedGemma 1 4B pre-trained": 29.5,
  "MedGemma 1 4B tuned for CXR": 30.3,
  "MedGemma 1.5 4B": 27.2,
  "MedGemma 1 27B multimodal": 27.0,
  "MedGemma 1 4B": 21.9,
};

export const PUBLISHED: readonly PublishedFigure[] = [
  ...[...IMAGES, ...TEXT].map(([benchmark, metric, values]) => ({
    benchmark,
    metric,
    values: Object.fromEntries(
      MODELS.flatMap((model, index) => {
        const value = values[index];
        return value === undefined ? [] : [[model, value]];
      }),
    ),
    source: CARD,
  })),
  {
    benchmark: "MIMIC CXR reports",
    metric: "RadGraph F1",
    values: REPORTS,
    source: "MedGemma model cards, 9 July 2025 and 13 January 2026",
  },
];

/** Figures of one benchmark, by its name in any case. */
export function publishedFigures(benchmark: string): PublishedFigure[] {
  if (typeof benchmark !== "string") throw badOption("benchmark", "a name", benchmark);
  const asked = benchmark.trim().toLowerCase();
  return PUBLISHED.filter((figure) => figure.benchmark.toLowerCase() === asked);
}
