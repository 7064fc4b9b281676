import type { GeneratedToken, GenerateOptions, GenerationEvent } from "../../engine/engine.js";
import type { RgbImage } from "../../image/rgb.js";
import type { Message } from "../../prompt/message.js";
import { type ThinkingSegment, ThinkingSplitter } from "../../prompt/thinking.js";
import { type AskOptions, toGenerateOptions } from "./ask-options.js";
import { type LoadedModel, noticeOf } from "./loaded-model.js";
import type { StudyNote } from "./pictures.js";
import { makeProvenance, type PromptName } from "./provenance.js";
import type { ModelResult, StreamEvent } from "./result.js";
import { promptOf } from "./text-bounds.js";

export interface ResponseContext {
  readonly prompt: PromptName;
  readonly options: AskOptions;
  /** Holds the answer to a schema. */
  readonly jsonSchema?: object | undefined;
  /** What was read of DICOM files and the like. */
  readonly studies: readonly StudyNote[];
  /** `performance.now()` when the caller called. */
  readonly started: number;
  /** Milliseconds spent reading pictures. */
  readonly read: number;
}

/** Runs one conversation through the engine: the path that every task takes. */
export async function* respond(
  model: LoadedModel,
  messages: readonly Message<RgbImage>[],
  context: ResponseContext,
): AsyncGenerator<StreamEvent, void, void> {
  const { engine } = model;
  const tokens: GeneratedToken[] = [];
  let done: Extract<GenerationEvent, { type: "done" }> | undefined;
  const { jsonSchema } = context;
  const splitter = new ThinkingSplitter(jsonSchema !== undefined || context.options.grammar !== undefined);
  const options = {
    ...toGenerateOptions(context.options),
    ...(jsonSchema && { jsonSchema }),
  } as GenerateOptions;
  const end = model.callers.begin(model.call ?? { asking: 0 });
  try {
    for await (const event of engine.generate(promptOf(engine, messages), options)) {
      if (event.type === "done") {
        done = event;
        continue;
      }
      tokens.push(...event.tokens);
      yield* splitter.push(event.text).map(toDelta);
    }
  } finally {
    end();
  }
  if (!done) return;
  const { segments, thought, answer, cutOff } = splitter.finish(done.finishReason);
  yield* segments.map(toDelta);
  const result: ModelResult = {
    text: answer.trim(),
    thought: thought?.trim(),
    finishReason: done.finishReason,
    thoughtCutOff: cutOff,
    tokens,
    usage: done.usage,
    timings: {
      ...done.timings,
      timeToFirstToken: context.read + done.timings.timeToFirstToken,
      load: engine.info.loadTime,
      read: context.read,
      total: performance.now() - context.started,
    },
    provenance: makeProvenance(engine.info, messages, context.prompt, context.options, done.seed),
    studies: context.studies,
    notice: noticeOf(model),
  };
  yield { type: "finish", result };
}

function toDelta(segment: ThinkingSegment): StreamEvent {
  if (segment.type === "retract") return { type: "text-retract" };
  return { type: segment.type === "thought" ? "thought-delta" : "text-delta", text: segment.text };
}

/** The result of a stream whose events nobody watches. */
export async function collect<R extends ModelResult>(stream: AsyncIterable<StreamEvent<R>>): Promise<R> {
  let result: R | undefined;
  for await (const event of stream) {
    if (event.type === "finish") result = event.result;
  }
  if (!result) throw new Error("A stream ended without its finish event.");
  return result;
}
