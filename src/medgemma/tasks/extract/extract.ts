import { existsSync } from "node:fs";
import { badOption } from "../../../base/errors.js";
import { numberOption, reading, stringOption } from "../../../base/options.js";
import type { ImageInput } from "../../../image/input.js";
import { type AskOptions, checkAskOptions } from "../../run/ask-options.js";
import { type Pictures, systemTurn, toContent } from "../../run/conversation.js";
import type { LoadedModel } from "../../run/loaded-model.js";
import { readContent } from "../../run/pictures.js";
import { CUSTOM_PROMPT } from "../../run/provenance.js";
import { collect, respond } from "../../run/respond.js";
import { jsonIn } from "../../run/structured/answer.js";
import { type Structure, type StructuredResult, toStructure } from "../../run/structured/structured.js";
import { EXTRACT_PRESETS, type ExtractPreset, LAB_REPORT_SCHEMA } from "./presets.js";
import { type ExtractedValue, valuesOf } from "./values.js";

/** A record in words, with the pictures that belong to it, if any. */
export interface TextInput {
  readonly text: string;
  readonly images?: ImageInput | readonly ImageInput[] | undefined;
}

/**
 * Pictures as in `ask`, or a record in words. A string alone is a record when it has line breaks, or when it is three
 * words or more and names no file; `{ text }` leaves no doubt.
 */
export type ExtractInput = Pictures | TextInput;

export interface ExtractOptions extends Omit<AskOptions, "think"> {
  /** What to extract, in words, after the record. Defaults to a preset for pictures, for text, or for lab reports. */
  instruction?: string | undefined;
  /** As in `ask`: the JSON schema for a `schema` that cannot write its own. */
  jsonSchema?: object | undefined;
  /**
   * Values less likely than this are named in `lowProbability`, 0..1. Defaults to `0.5`: the model would rather have
   * written something else, or has been made to by the schema.
   */
  lowProbabilityBelow?: number | undefined;
}

/** What was extracted; each value with its probability. */
export interface ExtractResult<T = unknown> extends StructuredResult<T> {
  readonly values: readonly ExtractedValue[];
  /**
   * Paths of the values whose probability is below `lowProbabilityBelow`, least likely first: read these in the source.
   * Without those whose probability is unknown (NaN).
   */
  readonly lowProbability: readonly string[];
}

/** Lists of findings and tests are long. */
const MAX_TOKENS = 2048;
/** Longer schemas would leave little room for the record. */
const MAX_DESCRIPTION = 8000;

/** Reads pictures or a record into the values that a schema names. */
export async function extract(
  model: LoadedModel,
  input: ExtractInput,
  schema: unknown,
  allOptions: ExtractOptions,
): Promise<ExtractResult> {
  const started = performance.now();
  checkAskOptions("extract", allOptions, ["instruction", "jsonSchema", "lowProbabilityBelow"]);
  const { instruction, jsonSchema, lowProbabilityBelow, ...given } = allOptions;
  const limit = numberOption("lowProbabilityBelow", lowProbabilityBelow, 0.5, 0, 1);
  stringOption("instruction", instruction);
  if ((given as AskOptions).think) {
    throw badOption("think", "false, as a schema leaves no room for a thought,", true);
  }
  const structure = toStructure(schema, jsonSchema);
  const { text, pictures } = sortInput(input);
  const preset = presetFor(schema, text);
  const options: AskOptions = {
    ...(preset.system !== undefined && { system: preset.system }),
    maxTokens: Math.min(MAX_TOKENS, Math.ceil(model.engine.info.contextSize / 2)),
    ...given,
    logprobs: Math.max(1, given.logprobs ?? 1),
  };
  const words = instruction ?? instructionOf(preset, structure, model);
  const question = text === undefined ? words : `${text.trim()}\n\n${words}`;
  const { content, studies } = await readContent(toContent(pictures, question), model, options);
  const read = performance.now() - started;
  const messages = [...systemTurn(options), { role: "user" as const, content }];
  const prompt = instruction === undefined ? { preset: preset.id, version: preset.version } : CUSTOM_PROMPT;
  const context = { prompt, options, jsonSchema: structure.jsonSchema, studies, started, read };
  const result = await collect(respond(model, messages, context));
  const value = await structure.read(result, options.signal);
  const values = valuesOf(result.text, result.tokens, jsonIn(result.text).start);
  const unlikely = values.filter(({ probability }) => probability < limit);
  unlikely.sort((a, b) => a.probability - b.probability);
  return { ...result, value, values, lowProbability: unlikely.map(({ path }) => path) };
}

function sortInput(input: ExtractInput): { text: string | undefined; pictures: Pictures } {
  if (typeof input === "string") {
    return isRecord(input) ? { text: input, pictures: [] } : { text: undefined, pictures: input };
  }
  if (isTextInput(input)) {
    if (typeof input.text !== "string" || input.text.trim() === "") {
      throw badOption("text", "some words", input.text);
    }
    return { text: input.text, pictures: input.images };
  }
  const none = input === undefined || (Array.isArray(input) && input.length === 0);
  if (none) throw badOption("input", "pictures or text", input);
  return { text: undefined, pictures: input };
}

/** A sharp instance or raw pixels have no text. */
function isTextInput(input: ExtractInput): input is TextInput {
  return typeof input === "object" && input !== null && "text" in input && !("arrayBuffer" in input);
}

/** No system takes longer ones. */
const LONGEST_PATH = 4096;

function isRecord(text: string): boolean {
  if (/^(?:data|file|https?):/i.test(text)) return false;
  if (text.length > LONGEST_PATH || /[\r\n]/.test(text)) return true;
  return text.trim().split(/\s+/).length >= 3 && !/\.[a-z0-9]{2,5}$/i.test(text) && !existsSync(text);
}

function presetFor(schema: unknown, text: string | undefined): ExtractPreset {
  if (schema === LAB_REPORT_SCHEMA) return EXTRACT_PRESETS.labReport;
  return text === undefined ? EXTRACT_PRESETS.picture : EXTRACT_PRESETS.text;
}

/** A model that reads schemas is told it; the phantom knows only its own sentence. */
function instructionOf(
  { instruction, describes }: ExtractPreset,
  { jsonSchema }: Structure<unknown>,
  { readsSchemas }: LoadedModel,
): string {
  const description = reading("schema", () => JSON.stringify(jsonSchema));
  const told = !describes && readsSchemas;
  return told && description.length <= MAX_DESCRIPTION
    ? `JSON schema:\n${description}\n\n${instruction}`
    : instruction;
}
