import { badOption, MedGemmaError } from "../../base/errors.js";
import { plain } from "../../base/options.js";
import { table } from "../../base/table.js";
import type { ImageInput } from "../../image/input.js";
import type { RgbImage } from "../../image/rgb.js";
import type { ContentPart, Message } from "../../prompt/message.js";
import { fillPlaces, hasPlace, type Preset, presetMessages } from "../../prompt/presets.js";
import { type AskOptions, checkAskOptions } from "./ask-options.js";
import { systemTurn } from "./conversation.js";
import type { LoadedModel } from "./loaded-model.js";
import { type DecodedContent, readContent } from "./pictures.js";

/** What every task takes besides its own options. */
export interface TaskOptions<P extends Preset = Preset> extends Omit<AskOptions, "logprobs" | "grammar"> {
  /**
   * Other words for the task: a preset, or the question as text, which then comes after the pictures. Both may hold the
   * places of the task's own preset, such as `{label}`. Defaults to the preset of the model; see docs/tasks/prompts.md.
   */
  prompt?: string | P | undefined;
}

/** @throws MedGemmaError `bad_option`. */
export function checkTaskOptions(owner: string, options: TaskOptions, own: readonly string[]): void {
  checkAskOptions(owner, options, ["prompt", ...own]);
  for (const name of ["logprobs", "grammar"] as const) {
    if ((options as AskOptions)[name] === undefined) continue;
    throw new MedGemmaError("bad_option", `${owner} takes no ${name}: the task has its own.`, {
      facts: { option: name },
      remedy: "Use `ask` with it.",
    });
  }
  const { prompt } = options;
  if (prompt === undefined || (typeof prompt === "string" && prompt.trim() !== "")) return;
  if (typeof prompt === "object" && prompt !== null && Array.isArray(prompt.content)) return;
  throw badOption("prompt", "some words or a preset", prompt);
}

/** The preset with the caller's words in it, if there are any. */
export function choosePreset<P extends Preset>(preset: P, prompt: string | P | undefined): P {
  if (prompt === undefined) return preset;
  if (typeof prompt !== "string") return prompt;
  const { system: _ours, ...rest } = preset;
  const content = [{ type: "images" }, { type: "text", text: prompt }] as const;
  return { ...rest, id: "custom", version: 1, source: "the caller", content } as unknown as P;
}

/** One or several pictures as a list. @throws MedGemmaError `bad_option` for none. */
export function toPictures(name: string, pictures: unknown): ImageInput[] {
  const list = [plain(name, pictures)].flat() as ImageInput[];
  if (pictures === undefined || pictures === null || list.length === 0)
    throw badOption(name, "a picture or several", pictures);
  return list;
}

export interface TaskTurn extends DecodedContent {
  readonly preset: Preset;
  /** System text and the one user turn. */
  readonly messages: readonly Message<RgbImage>[];
}

/**
 * Fills a preset in and decodes its pictures. Values that are undefined are optional: their place becomes empty, and
 * what has no place in the preset's words is an error rather than left out in silence.
 */
export async function makeTurn(
  model: LoadedModel,
  preset: Preset,
  pictures: readonly ImageInput[],
  values: Readonly<Record<string, string | undefined>>,
  options: AskOptions,
): Promise<TaskTurn> {
  const [system, user] = fillPreset(
    preset,
    pictures.map((_, index) => index),
    values,
  );
  const groups = await Promise.all(
    apart(preset, user).map((group) => {
      const parts = group.map((part) =>
        part.type === "text" ? part : { ...part, image: pictures[part.image] as ImageInput },
      );
      return readContent(parts, model, options);
    }),
  );
  const content = groups.flatMap((group) => group.content);
  const studies = groups.flatMap((group) => group.studies);
  return { content, studies, preset, messages: withSystem(system, content, options) };
}

/**
 * Pictures with a place of their own are read apart: two DICOM files of a comparison are not slices of one study. Those
 * that share a place may be.
 */
function apart(preset: Preset, user: readonly ContentPart<number>[]): ContentPart<number>[][] {
  const places = preset.content.filter((part) => part.type !== "text");
  const own = places.findIndex((part) => part.type === "images");
  const single = own < 0 ? places.length : own;
  const groups: ContentPart<number>[][] = [[]];
  for (const part of user) {
    if (part.type === "image" && part.image < single) groups.push([part], []);
    else groups.at(-1)?.push(part);
  }
  return groups.filter((group) => group.length > 0);
}

/** System text and content of the user's turn. */
export function fillPreset<I>(
  preset: Preset,
  pictures: readonly I[],
  values: Readonly<Record<string, string | undefined>>,
): [system: string | undefined, user: readonly ContentPart<I>[]] {
  const inSystem = (name: string) => preset.system?.includes(`{${name}}`) ?? false;
  const placed = (name: string) => inSystem(name) || hasPlace(preset, name);
  const given: Record<string, string> = table();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) given[name] = value;
    else if (placed(name)) given[name] = "";
  }
  // The system text may hold places too, which presetMessages leaves alone.
  const system = preset.system && fillPlaces(preset.system, (name) => given[name]);
  const inContent = Object.fromEntries(
    Object.entries(given).filter(([name]) => !inSystem(name) || hasPlace(preset, name)),
  );
  // Tasks about pictures have asked for some by now; the others may do without.
  const places = preset.content.filter((part) => part.type !== "images" || pictures.length > 0);
  const turns = presetMessages({ ...preset, content: places }, pictures, inContent);
  const content = turns.at(-1)?.content ?? [];
  return [system, typeof content === "string" ? [{ type: "text", text: content }] : content];
}

export function withSystem(
  system: string | undefined,
  content: readonly ContentPart<RgbImage>[],
  options: AskOptions,
): Message<RgbImage>[] {
  const words = options.system ?? system;
  const turn = systemTurn({ ...options, ...(words !== undefined && { system: words }) });
  return [...turn, { role: "user", content: dropEmpty(content) }];
}

/** An optional place may leave nothing of its text. */
function dropEmpty(content: readonly ContentPart<RgbImage>[]): ContentPart<RgbImage>[] {
  return content.filter((part) => part.type === "image" || part.text !== "");
}

/** One picture, alone or in a list: of a study of many, the folder. @throws MedGemmaError `bad_option`. */
export function onePicture(name: string, picture: ImageInput | readonly ImageInput[]): ImageInput {
  const [first, ...rest] = [plain(name, picture)].flat() as ImageInput[];
  if (first === undefined || first === null || rest.length > 0) throw badOption(name, "one picture", picture);
  return first;
}
