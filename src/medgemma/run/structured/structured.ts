import { untilAborted } from "../../../base/abort.js";
import { badOption, MedGemmaError } from "../../../base/errors.js";
import { type Misfit, pathsOf, toCheck } from "../../../engine/schema/check.js";
import type { RgbImage } from "../../../image/rgb.js";
import type { Message } from "../../../prompt/message.js";
import type { AskOptions } from "../ask-options.js";
import type { LoadedModel } from "../loaded-model.js";
import { type ResponseContext, respond } from "../respond.js";
import type { ModelResult, StreamEvent } from "../result.js";
import { parseAnswer } from "./answer.js";
import { readable, toJsonSchema } from "./schema.js";
import {
  isStandardSchema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
} from "./standard.js";

declare const VALUE: unique symbol;

/** A JSON schema as it is written, with the type of its values for TypeScript. */
export type JsonSchema<T = unknown> = (object | { readonly [keyword: string]: unknown }) & {
  readonly [VALUE]?: T | undefined;
};

/** What makes an answer a value. */
export interface SchemaOptions<S = StandardSchema | JsonSchema> {
  /**
   * The answer is JSON of this schema: a zod 4 schema, one of any library with Standard Schema, or JSON schema. What a
   * grammar can hold the answer to is in docs/structured-output.md. Not together with `think`.
   */
  schema: S;
  /** The JSON schema to hold the answer to, for a `schema` that cannot write its own. `schema` then checks the value. */
  jsonSchema?: object | undefined;
}

/** An answer that is a value. */
export interface StructuredResult<T = unknown> extends ModelResult {
  /** What the JSON in `text` says, as the schema gives it out. */
  readonly value: T;
}

/** How an answer is held to a schema and read. */
export interface Structure<T> {
  readonly jsonSchema: object;
  /**
   * @param signal Ends the wait for a library's own check, which may take its time.
   * @throws MedGemmaError `answer_incomplete`, `answer_invalid`, `grammar_unsupported` for a check that takes too long, `aborted`.
   */
  read(result: ModelResult, signal: AbortSignal | undefined): Promise<T>;
}

/**
 * Takes the schema out of a call's options.
 * @throws MedGemmaError `bad_option`, `grammar_unsupported`.
 */
export function takeStructure(options: AskOptions & Partial<SchemaOptions>): {
  readonly options: AskOptions;
  readonly structure: Structure<unknown> | undefined;
} {
  const { schema, jsonSchema, ...rest } = options;
  if (schema === undefined && jsonSchema === undefined) return { options: rest, structure: undefined };
  if (schema === undefined) throw badOption("schema", "a schema, as jsonSchema is given,", schema);
  if (rest.think) throw badOption("think", "false, as a schema leaves no room for a thought,", rest.think);
  return { options: rest, structure: toStructure(schema, jsonSchema) };
}

/** @throws MedGemmaError `bad_option`, `grammar_unsupported`. */
export function toStructure(schema: unknown, jsonSchema: unknown): Structure<unknown> {
  const checked = toJsonSchema(schema, jsonSchema);
  const library = readable("schema", () => isStandardSchema(schema)) ? (schema as StandardSchema) : undefined;
  // What a library writes of itself is for the grammar: what fits, it says itself.
  const check = library !== undefined && jsonSchema === undefined ? undefined : toCheck(checked);
  return {
    jsonSchema: checked,
    async read(result, signal) {
      const value = parseAnswer(result);
      const misfit = check?.(value);
      if (misfit !== undefined) throw invalid(misfit);
      return library === undefined ? value : validate(library, value, checked, signal);
    },
  };
}

/** As {@link respond}, with the value in the last event where the answer has a structure. */
export async function* structured<T>(
  model: LoadedModel,
  messages: readonly Message<RgbImage>[],
  context: ResponseContext,
  structure: Structure<T> | undefined,
): AsyncGenerator<StreamEvent, void, void> {
  if (structure === undefined) return yield* respond(model, messages, context);
  const { jsonSchema } = structure;
  for await (const event of respond(model, messages, { ...context, jsonSchema })) {
    if (event.type !== "finish") yield event;
    else yield { type: "finish", result: await withValue(event.result, structure, context.options.signal) };
  }
}

async function withValue<T>(
  result: ModelResult,
  structure: Structure<T>,
  signal: AbortSignal | undefined,
): Promise<StructuredResult<T>> {
  return { ...result, value: await structure.read(result, signal) };
}

/** What the library itself throws is the cause: its words may be of the answer. */
async function ownVerdict(schema: StandardSchema, value: unknown): Promise<StandardResult<unknown>> {
  try {
    return await schema["~standard"].validate(value);
  } catch (cause) {
    throw new MedGemmaError(
      "answer_invalid",
      "The answer is JSON, but the schema's own check failed on it.",
      {
        facts: { path: "" },
        cause,
      },
    );
  }
}

async function validate(
  schema: StandardSchema,
  value: unknown,
  jsonSchema: object,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const result = await untilAborted(signal, () => ownVerdict(schema, value));
  if (result.issues === undefined) return result.value;
  const path = pathsOf(jsonSchema)(stepsOf(result.issues[0]), value);
  throw new MedGemmaError(
    "answer_invalid",
    `The answer is JSON, but the schema refuses ${path === "" ? "it" : `its ${path}`}.`,
    { facts: { path, issues: result.issues.length }, cause: result.issues },
  );
}

/** Neither value nor text of the answer: both may be of a patient. */
function invalid({ path, keyword }: Misfit): MedGemmaError {
  const what = path === "" ? "it" : `its ${path}`;
  return new MedGemmaError(
    "answer_invalid",
    `The answer is JSON, but by ${keyword} the schema refuses ${what}.`,
    { facts: { path, keyword } },
  );
}

function stepsOf(issue: StandardIssue | undefined): string[] {
  return (issue?.path ?? []).map((step) => String(typeof step === "object" ? step.key : step));
}
