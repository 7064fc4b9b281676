/** A word that stands for more than its letters, and its number in Gemma 3's vocabulary (tokenizer.json of google/gemma-3-*). */
export interface ControlWord {
  readonly word: string;
  readonly id: number;
  /** `end`: llama.cpp marks it as a control word itself. */
  readonly use: "turns" | "end" | "pictures" | "thinking";
}

/** What prompts are written with. */
export const CONTROL_WORDS: readonly ControlWord[] = [
  { word: "<bos>", id: 2, use: "turns" },
  { word: "<start_of_turn>", id: 105, use: "turns" },
  { word: "<end_of_turn>", id: 106, use: "end" },
  { word: "<start_of_image>", id: 255_999, use: "pictures" },
  { word: "<end_of_image>", id: 256_000, use: "pictures" },
  { word: "<unused94>", id: 100, use: "thinking" },
  { word: "<unused95>", id: 101, use: "thinking" },
];

/** Words of Gemma 3's vocabulary; models with pictures have `<image_soft_token>` besides. What has fewer is another's. */
export const FULL_VOCABULARY = 262_144;

/** Begins every prompt behind `<start_of_turn>`: no space may be put before it, and the line's end is a word of its own. */
export const TURN_TEXT = { text: "user\n", ids: [2364, 107] } as const;
