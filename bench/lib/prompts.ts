import { seededRandom } from "../../src/base/random.js";
import type { PromptPart } from "../../src/engine/engine.js";
import type { RgbImage } from "../../src/image/rgb.js";
import { renderPrompt } from "./product.js";

/** Questions that take few words to answer. */
export const QUESTIONS = [
  "Is there a pleural effusion?",
  "Is there cardiomegaly?",
  "Is there a nodule?",
  "Is there an opacity?",
  "Is there a pacemaker?",
  "Which finding is present?",
  "What is the impression?",
  "What do you see in this image?",
] as const;

/** CheXpert's. */
export const LABELS = [
  "No Finding",
  "Enlarged Cardiomediastinum",
  "Cardiomegaly",
  "Lung Opacity",
  "Lung Lesion",
  "Edema",
  "Consolidation",
  "Pneumonia",
  "Atelectasis",
  "Pneumothorax",
  "Pleural Effusion",
  "Pleural Other",
  "Fracture",
  "Support Devices",
] as const;

const WORDS =
  "the left right lung heart lobe upper lower shows clear small large effusion opacity nodule of and with in no acute change since prior image normal borders size contour rib bone air fluid line tube".split(
    " ",
  );

/** Words in an order of their own, so that no prefix of an earlier prompt fits. */
export function words(count: number, seed: number): string {
  const random = seededRandom(seed * 7919 + 17);
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
}

export function textPrompt(text: string, system?: string): PromptPart[] {
  return renderPrompt<RgbImage>([
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    { role: "user", content: text },
  ]);
}

export function picturePrompt(image: RgbImage, text: string, system?: string): PromptPart[] {
  return renderPrompt<RgbImage>([
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    {
      role: "user",
      content: [
        { type: "image", image },
        { type: "text", text },
      ],
    },
  ]);
}
