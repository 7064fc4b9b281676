import { badOption } from "../../base/errors.js";
import { checkNames, checkSignal, given, integerOption, readOnce, stringOption } from "../../base/options.js";
import type { PictureOptions } from "../../dicom/index.js";
import type { GenerateOptions } from "../../engine/engine.js";
import { SAMPLING } from "../../engine/sampling.js";
import { checkFit, type Fit } from "../../image/fit.js";
import type { ImageLimits } from "../../image/limits.js";

export interface AskOptions extends Omit<GenerateOptions, "maxTokens" | "jsonSchema"> {
  /** Instructions that come before the question, e.g. "You are an expert radiologist." Defaults to none. */
  system?: string | undefined;
  /**
   * Lets MedGemma 1.5 and 27B think first ("SYSTEM INSTRUCTION: think silently if needed."). The thought comes apart
   * from the text and counts towards `maxTokens`. Defaults to `false`.
   */
  think?: boolean | undefined;
  /** New tokens at most, 1..1000000. Defaults to `512`, with `think` to `2048`, or what is left of the context. */
  maxTokens?: number | undefined;
  /** Limits for plain pictures. */
  limits?: ImageLimits | undefined;
  /** How DICOM files, series, NIfTI volumes and slides become pictures. */
  study?: StudyOptions | undefined;
  /**
   * How a picture that is not square becomes the encoder's square: `pad` centres it on black, `stretch` pulls both sides
   * to it. Defaults to what the model was trained with: MedGemma pads, the phantom stretches.
   */
  fit?: Fit | undefined;
}

/** Of `MedGemma.prepare`. */
export interface PrepareOptions extends Pick<AskOptions, "limits" | "study" | "fit" | "signal"> {
  /** Called with 0..1 over all pictures, after each layer of the encoder. */
  onProgress?: ((share: number) => void) | undefined;
}

/** See docs/dicom.md. The windows follow the model's version unless `model` says otherwise. */
export type StudyOptions = Omit<PictureOptions, "signal" | "onProgress">;

/** Complete by its type, so that no option is known and yet lost on its way. */
const NAMES = Object.keys({
  system: true,
  think: true,
  maxTokens: true,
  limits: true,
  study: true,
  fit: true,
  ...SAMPLING,
  stop: true,
  logprobs: true,
  signal: true,
  grammar: true,
  deterministic: true,
  priority: true,
  adapters: true,
} satisfies Record<keyof AskOptions, unknown>) as readonly (keyof AskOptions)[];

/** @throws MedGemmaError `bad_option`. */
export function checkAskOptions(owner: string, options: AskOptions, extra: readonly string[] = []): void {
  checkNames(owner, options, [...NAMES, ...extra]);
  stringOption("system", options.system);
  if (options.think !== undefined && typeof options.think !== "boolean") {
    throw badOption("think", "true or false", options.think);
  }
  integerOption("maxTokens", options.maxTokens, 1, 1, 1_000_000);
  integerOption("logprobs", options.logprobs, 0, 0, 20);
  for (const name of ["limits", "study"] as const)
    if (options[name] !== undefined) readOnce(name, options[name]);
  checkFit(options.fit);
  checkSignal(options.signal);
}

/** The options of `ask` among a task's. */
export function askOptionsIn(options: AskOptions): AskOptions {
  return given(Object.fromEntries(NAMES.map((name) => [name, options[name]])) as AskOptions);
}

const THINKING_MAX_TOKENS = 2048;

/** The engine's share of the options. */
export function toGenerateOptions(
  options: AskOptions,
): Omit<GenerateOptions, "maxTokens"> & { maxTokens?: number } {
  const { system: _system, think, limits: _limits, study: _study, fit: _fit, maxTokens, ...rest } = options;
  if (maxTokens !== undefined) return { ...rest, maxTokens };
  return think ? { ...rest, maxTokens: THINKING_MAX_TOKENS } : rest;
}
