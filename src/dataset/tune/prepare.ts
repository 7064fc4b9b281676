import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Callback } from "../../base/callback.js";
import { badOption, MedGemmaError, throwIfAborted } from "../../base/errors.js";
import { checkPath } from "../../base/files/name.js";
import { outputFailed } from "../../base/files/write.js";
import {
  checkObjects,
  checkSignal,
  functionOption,
  integerOption,
  numberOption,
  plain,
  readOnce,
  stringOption,
} from "../../base/options.js";
import { table } from "../../base/table.js";
import { checkFit, type Fit } from "../../image/fit.js";
import type { ImageInput } from "../../image/input.js";
import type { RgbImage } from "../../image/rgb.js";
import type { StudyOptions } from "../../medgemma/run/ask-options.js";
import { toContent } from "../../medgemma/run/conversation.js";
import { readContent } from "../../medgemma/run/pictures.js";
import { checkLabels, letterOf, optionLines } from "../../medgemma/tasks/classify/labels.js";
import { badCase, type TuneCase } from "./cases.js";
import { conversionScript, tuningSettings } from "./settings.js";
import { holdBack } from "./split.js";

export interface PrepareTuningOptions {
  /** Folder of the set; made, and it must not be there yet. It holds the pictures: treat it as patient data. */
  output: string;
  /** Options of a choice: written below the question as "A: ...", and the answer is the whole line. Defaults to none: the answer is the truth as it stands. */
  labels?: readonly string[] | undefined;
  /** Asked of every case that has no question of its own. */
  question?: string | undefined;
  /** Instructions before the question. Defaults to none, as in Google's notebook. */
  system?: string | undefined;
  /** Repository of the model to be tuned. Defaults to `"google/medgemma-1.5-4b-it"`. */
  base?: string | undefined;
  /** Share of the cases held back for validation, 0..0.9. Defaults to `0.1`. */
  validation?: number | undefined;
  /** Of the split: the same gives the same. Defaults to `42`. */
  seed?: number | undefined;
  /** How DICOM and the like become pictures. */
  study?: StudyOptions | undefined;
  /** How pictures that are not square are written: the model must be asked later as it was tuned. Defaults to `"pad"`, as MedGemma was trained. */
  fit?: Fit | undefined;
  /** Called after each case. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Ends the work between two cases; nothing stays. */
  signal?: AbortSignal | undefined;
}

export interface TuningSet {
  readonly folder: string;
  readonly training: number;
  readonly validation: number;
  readonly pictures: number;
  /** How often each answer stands in the training set. */
  readonly answers: Readonly<Record<string, number>>;
  /** What a user should know before training; empty when all is as expected. */
  readonly warnings: readonly string[];
}

type Part = { type: "text"; text: string } | { type: "image" };
interface Line {
  readonly messages: readonly { role: string; content: readonly Part[] }[];
  /** Relative to the set. */
  readonly images: readonly string[];
}

/**
 * Labelled cases as the chat-format training set of Google's fine-tuning notebook: train.jsonl, validation.jsonl, the
 * pictures as MedGemma gets them, settings.json and convert.sh. Pictures are numbered and decoded anew: no name and no
 * header of theirs comes along.
 * @throws MedGemmaError `bad_option`, `file_not_found`, `image_unreadable` and what else reading a picture throws,
 * `output_failed`, `aborted`.
 */
export async function prepareTuning(
  given: readonly TuneCase[],
  asked: PrepareTuningOptions,
): Promise<TuningSet> {
  const options = readOnce("prepareTuning", asked);
  checkSignal(options.signal);
  const cases = plain("cases", given);
  const { output, base = "google/medgemma-1.5-4b-it", signal } = options;
  if (!Array.isArray(cases) || cases.length === 0) throw badOption("cases", "labelled cases", cases);
  checkObjects("cases", cases);
  const labels = options.labels && checkLabels(options.labels, false);
  const share = numberOption("validation", options.validation, 0.1, 0, 0.9);
  checkFit(options.fit);
  const seed = integerOption("seed", options.seed, 42, 0, 2 ** 32 - 1);
  for (const name of ["question", "system", "base"] as const) stringOption(name, options[name]);
  checkPath("output", output);
  if (await exists(output)) throw badOption("output", "a folder that is not there yet", output);
  // Before a picture is read: a case without truth is found at once.
  const turns = cases.map((each, index) => toTurn(each, index + 1, labels, options.question));
  const held = holdBack(
    cases.map(({ group }, index) => group ?? `#${index}`),
    share,
    seed,
  );
  const progress = new Callback(functionOption("onProgress", options.onProgress));
  // Beside it, under a name of its own: the last step is a rename, and two that make one set do not meet before it.
  const part = `${path.resolve(output)}.${randomUUID()}.part`;
  try {
    await mkdir(path.join(part, "images"), { recursive: true, mode: 0o700 });
    const files: Record<"train" | "validation", Line[]> = { train: [], validation: [] };
    const answers: Record<string, number> = table();
    let pictures = 0;
    for (const [index, { question, answer }] of turns.entries()) {
      throwIfAborted(signal);
      const line = await writeCase(part, index + 1, cases[index] as TuneCase, question, answer, options);
      files[held.has(index) ? "validation" : "train"].push(line);
      if (!held.has(index)) answers[answer] = (answers[answer] ?? 0) + 1;
      pictures += line.images.length;
      progress.tell(index + 1, cases.length);
    }
    for (const [name, lines] of Object.entries(files)) {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      await writeFile(path.join(part, `${name}.jsonl`), text);
    }
    await writeFile(
      path.join(part, "settings.json"),
      `${JSON.stringify(tuningSettings(base, labels), null, 2)}\n`,
    );
    await writeFile(path.join(part, "convert.sh"), conversionScript(base), { mode: 0o755 });
    await rename(part, output);
    const [training, validation] = [files.train.length, files.validation.length];
    const warnings = warningsOf(validation, share);
    return { folder: output, training, validation, pictures, answers, warnings };
  } catch (error) {
    // What could not be made need not be removed.
    await rm(part, { recursive: true, force: true }).catch(() => undefined);
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || MedGemmaError.isInstance(error)) throw error;
    throw outputFailed("The set", code);
  }
}

function warningsOf(validation: number, share: number): string[] {
  if (validation > 0 || share === 0) return [];
  return [
    "Nothing is held back for validation: all cases are of one group. Training on them cannot be judged by them.",
  ];
}

function toTurn(
  each: TuneCase,
  number: number,
  labels: readonly string[] | undefined,
  common: string | undefined,
): { question: string; answer: string } {
  const question = each.question ?? common ?? "";
  if (question.trim() === "") throw badCase(number, "has no question, and the set has none");
  if (typeof each.truth !== "string" || each.truth.trim() === "") throw badCase(number, "has no truth");
  if (!labels) return { question, answer: each.truth.trim() };
  const wanted = each.truth.trim().toLowerCase();
  const place = labels.findIndex((label) => label.trim().toLowerCase() === wanted);
  if (place < 0) throw badCase(number, "has a truth that is none of the labels");
  const answer = `${letterOf(place)}: ${labels[place]?.trim()}`;
  return { question: `${question}\n${optionLines(labels)}`, answer };
}

async function writeCase(
  folder: string,
  number: number,
  { images = [] }: TuneCase,
  question: string,
  answer: string,
  { system, study, fit = "pad", signal }: PrepareTuningOptions,
): Promise<Line> {
  const reading = { ...(study && { study }), ...(signal && { signal }) };
  const pictures = [images].flat() as ImageInput[];
  const { content } = await readContent(toContent(pictures, question), { version: "1.5", fit }, reading);
  const names: string[] = [];
  const parts: Part[] = [];
  for (const part of content) {
    if (part.type === "text") parts.push({ type: "text", text: part.text });
    else {
      const name = `images/${String(number).padStart(6, "0")}-${names.length + 1}.png`;
      await writePng(path.join(folder, name), part.image);
      names.push(name);
      parts.push({ type: "image" });
    }
  }
  const instructions = system ? [{ role: "system", content: [{ type: "text" as const, text: system }] }] : [];
  const messages = [
    ...instructions,
    { role: "user", content: parts },
    { role: "assistant", content: [{ type: "text" as const, text: answer }] },
  ];
  return { messages, images: names };
}

async function writePng(file: string, { data, width, height }: RgbImage): Promise<void> {
  const { default: sharp } = await import("sharp");
  const pixels = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  await writeFile(file, await pixels.png().toBuffer());
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
