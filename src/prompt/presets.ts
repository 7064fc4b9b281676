import { badOption } from "../base/errors.js";
import type { ContentPart, Message } from "./message.js";

/**
 * Google's own prompts, word for word from the notebooks of Google-Health/medgemma (state of January 2026). The model
 * was shown in these words and this order of text and pictures; others work by luck.
 * `version` rises when a word changes, so that a stored result can name its prompt.
 */
export interface Preset {
  readonly id: string;
  readonly version: number;
  /** The notebook. */
  readonly source: string;
  readonly system?: string | undefined;
  /** In order. A text may hold `{name}` to be filled in. */
  readonly content: readonly PresetPart[];
  /** New tokens that the source allows. */
  readonly maxTokens: number;
}

export type PresetPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" }
  /** All pictures that are left, each followed by "SLICE n" or by nothing. */
  | { readonly type: "images"; readonly caption?: "SLICE" | undefined };

const IMAGE = { type: "image" } as const;
const text = (words: string) => ({ type: "text", text: words }) as const;

export const PRESETS = {
  "google-quickstart-cxr": {
    id: "google-quickstart-cxr",
    version: 1,
    source: "quick_start_with_hugging_face.ipynb",
    system: "You are an expert radiologist.",
    content: [text("Describe this X-ray"), IMAGE],
    maxTokens: 300,
  },
  "google-cxr-anatomy": {
    id: "google-cxr-anatomy",
    version: 1,
    source: "cxr_anatomy_localization_with_hugging_face.ipynb",
    content: [
      IMAGE,
      text(`Instructions:
The following user query will require outputting bounding boxes. The format of bounding boxes coordinates is [y0, x0, y1, x1] where (y0, x0) must be top-left corner and (y1, x1) the bottom-right corner. This implies that x0 < x1 and y0 < y1. Always normalize the x and y coordinates the range [0, 1000], meaning that a bounding box starting at 15% of the image width would be associated with an x coordinate of 150. You MUST output a single parseable json list of objects enclosed into \`\`\`json...\`\`\` brackets, for instance \`\`\`json[{"box_2d": [800, 3, 840, 471], "label": "car"}, {"box_2d": [400, 22, 600, 73], "label": "dog"}]\`\`\` is a valid output. Now answer to the user query.

Remember "left" refers to the patient's left side where the heart is and sometimes underneath an L in the upper right corner of the image.

Query:
Where is the {object_name}? Don't give a final answer without reasoning. Output the final answer in the format "Final Answer: X" where X is a JSON list of objects. The object needs a "box_2d" and "label" key. Answer:`),
    ],
    maxTokens: 1000,
  },
  "google-cxr-longitudinal": {
    id: "google-cxr-longitudinal",
    version: 1,
    source: "cxr_longitudinal_comparison_with_hugging_face.ipynb",
    content: [
      IMAGE,
      IMAGE,
      text(
        "Provide a comparison of these two images and include details from\nthe image which students should take note of when reading longitudinal CXR\n",
      ),
    ],
    maxTokens: 600,
  },
  "google-ct": {
    id: "google-ct",
    version: 1,
    source: "high_dimensional_ct_hugging_face.ipynb",
    content: [
      text(
        "You are an instructor teaching medical students. You are analyzing a contiguous block of CT slices from the center of the abdomen. Please review the slices provided below carefully.",
      ),
      { type: "images", caption: "SLICE" },
      text(
        "\n\nBased on the visual evidence in the slices provided above, is this image a good teaching example of liver pathology? Comment on hypodense lesions or other hepatic irregularities. Do not comment on findings outside the liver. Please provide your reasoning and conclude with a 'Final Answer: yes' or 'Final Answer: no'.",
      ),
    ],
    maxTokens: 2000,
  },
  "google-wsi": {
    id: "google-wsi",
    version: 1,
    source: "high_dimensional_pathology_hugging_face.ipynb",
    content: [
      text(
        "You are an instructor teaching medical students. For education purposes, provide a brief descriptive text for the set of pathology patches extracted from a pathology slide. Consider the tissue type and procedure (below) when deciding what to include in the descriptive text.\n{type_procedure}:",
      ),
      { type: "images" },
    ],
    maxTokens: 2000,
  },
} as const satisfies Record<string, Preset>;

/** The system texts of the quick starts. */
export const SYSTEM_TEXTS = {
  image: "You are an expert radiologist.",
  text: "You are a helpful medical assistant.",
  /** Asks MedGemma 1.5 and 27B to think first. */
  thinking: "SYSTEM INSTRUCTION: think silently if needed.",
} as const;

/** System text that asks for thinking, put in front of another one by a space, as applications of the quick start do. */
export function thinkingSystem(system?: string): string {
  return system ? `${SYSTEM_TEXTS.thinking} ${system}` : SYSTEM_TEXTS.thinking;
}

/**
 * Makes the messages of a preset.
 *
 * @throws MedGemmaError `bad_option` when pictures or values are missing or left over.
 */
export function presetMessages<I>(
  preset: Preset,
  images: readonly I[],
  values: Record<string, string> = {},
): Message<I>[] {
  const rest = [...images];
  const used = new Set<string>();
  const content = preset.content.flatMap((part): ContentPart<I>[] => {
    if (part.type === "text") return [text(fill(part.text, values, used))];
    if (rest.length === 0)
      throw badOption("images", `more pictures for the preset ${preset.id}`, images.length);
    const taken = rest.splice(0, part.type === "image" ? 1 : rest.length);
    return taken.flatMap((image, index): ContentPart<I>[] => {
      const shown = { type: "image", image } as const;
      return part.type === "images" && part.caption ? [shown, text(`${part.caption} ${index + 1}`)] : [shown];
    });
  });
  if (rest.length > 0) throw badOption("images", `fewer pictures for the preset ${preset.id}`, images.length);
  const unknown = Object.keys(values).find((name) => !used.has(name));
  if (unknown !== undefined)
    throw badOption(`values.${unknown}`, `no such value in the preset ${preset.id}`, values[unknown]);
  const user = { role: "user", content } as const;
  return preset.system === undefined ? [user] : [{ role: "system", content: preset.system }, user];
}

const PLACE = /\{([a-z]+(?:_[a-z]+)*)\}/g;
/** Of a preset's words. */
const MOST_PLACES = 1000;
/** Characters of the words of a preset, and of what they become: of no context are more. */
const MOST_CHARACTERS = 16 << 20;

/** Whether the content's words have a place for a value. */
export function hasPlace({ content }: Pick<Preset, "content">, name: string): boolean {
  const place = `{${name}}`;
  return content.some((part) => part.type === "text" && part.text.includes(place));
}

/**
 * The words with their places filled in. What they become is counted first: a text may be of millions of places, and each
 * value of megabytes.
 * @param textOf Of a name; undefined leaves its place as it stands.
 * @throws MedGemmaError `bad_option`.
 */
export function fillPlaces(template: string, textOf: (name: string) => string | undefined): string {
  let [places, length] = [0, template.length];
  for (const [, name = ""] of template.matchAll(PLACE)) {
    length += textOf(name)?.length ?? 0;
    if (++places > MOST_PLACES || length > MOST_CHARACTERS)
      throw badOption("prompt", `at most ${MOST_PLACES} places and ${MOST_CHARACTERS} characters`, template);
  }
  return places === 0 ? template : template.replace(PLACE, (place, name: string) => textOf(name) ?? place);
}

function fill(template: string, values: Record<string, string>, used: Set<string>): string {
  return fillPlaces(template, (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (typeof value !== "string") throw badOption(`values.${name}`, "a string", value);
    used.add(name);
    return value;
  });
}
