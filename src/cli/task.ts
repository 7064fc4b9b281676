import type { ImageInput } from "../image/input.js";
import type { MedGemma } from "../medgemma/medgemma.js";
import type { AskOptions } from "../medgemma/run/ask-options.js";
import type { ModelResult, StreamEvent } from "../medgemma/run/result.js";
import { counted, showAnswer } from "./answer.js";
import { readPictureFiles } from "./files.js";
import type { AnswerFlags } from "./flags.js";
import type { Interrupt } from "./interrupt.js";
import { loadModel, toAskOptions } from "./load.js";
import { aside, clearStatus, note, seconds, speak, speakJson, status } from "./terminal.js";

export interface TaskFlags extends AnswerFlags {
  prompt?: string | undefined;
}

export const PROMPT_FLAG = ["--prompt <text>", "other words for the task"] as const;

type Options = AskOptions & { prompt?: string };

/** Checks options and pictures, loads the model, runs the task and frees the model. */
export async function runTask(
  flags: TaskFlags,
  files: readonly string[],
  { signal }: Interrupt,
  run: (model: MedGemma, options: Options, pictures: ImageInput[]) => Promise<void>,
): Promise<void> {
  const options = toAskOptions(flags);
  const pictures = await readPictureFiles(files, signal);
  const model = await loadModel(flags, signal);
  try {
    if (pictures.length > 0 && !flags.quiet) status("Looking at the pictures ...");
    const prompt = flags.prompt !== undefined && { prompt: flags.prompt };
    await run(model, { ...options, ...prompt, signal }, pictures);
  } finally {
    clearStatus();
    await model.dispose();
  }
}

/** A task whose answer is prose, as it comes. */
export async function showText(
  model: MedGemma,
  stream: AsyncIterable<StreamEvent>,
  flags: TaskFlags,
): Promise<void> {
  const result = await showAnswer(model, stream, {
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    showThought: flags.showThought ?? false,
  });
  if (result && "loop" in result && result.loop === true && !flags.json)
    note(
      "The model repeated itself without end and was stopped; --json holds the text without the repetitions.",
    );
}

/** A task whose answer is a table: lines for people, or the whole result. */
export function showLines(result: ModelResult, lines: readonly string[], flags: TaskFlags): void {
  if (flags.json) {
    speakJson(result);
    return;
  }
  if (lines.length > 0) speak(`${lines.join("\n")}\n`);
  if (flags.showThought && result.thought !== undefined) aside(`Thought: ${result.thought}`);
  for (const { took, rule, warnings } of result.studies) {
    if (!flags.quiet) aside(`Read: ${took} (${rule}).`);
    for (const warning of warnings) note(`Warning: ${warning}`);
  }
  for (const { warnings = [] } of result.provenance.pictures)
    for (const warning of warnings) note(`Warning: ${warning}`);
  if (!flags.quiet) {
    const { promptTokens, cachedTokens } = result.usage;
    aside(
      `${counted(promptTokens)} asked, ${cachedTokens} of them computed before; ${seconds(result.timings.total)}.`,
    );
  }
  note(result.notice);
}
