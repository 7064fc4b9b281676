import type { Command } from "commander";
import { MedGemmaError } from "../base/errors.js";
import type { AdapterOption } from "../engine/native/adapters.js";
import { SAMPLING, SAMPLING_NAMES, type SamplingOptions } from "../engine/sampling.js";
import { defaultTokens } from "./default-tokens.js";
import { longFlag } from "./flag-names.js";

/** The options that commands share. Ranges are the library's business; here text only becomes a number. */
export interface ModelFlags {
  endpoint?: string[] | undefined;
  endpointApi?: string | undefined;
  endpointModel?: string | undefined;
  timeout?: number | undefined;
  model?: string | undefined;
  mmproj?: string | undefined;
  pictureFit?: string | undefined;
  adapter?: AdapterOption[] | undefined;
  acceptLicense?: boolean | undefined;
  contextSize?: number | undefined;
  threads?: number | undefined;
  gpuLayers?: number | undefined;
  gpu?: string | undefined;
  quiet?: boolean | undefined;
  verbose?: boolean | undefined;
}

export interface AnswerFlags extends ModelFlags, SamplingOptions {
  maxTokens?: number | undefined;
  stop?: string[] | undefined;
  system?: string | undefined;
  think?: boolean | undefined;
  showThought?: boolean | undefined;
  json?: boolean | undefined;
}

export const ACCEPT_LICENSE_FLAG = [
  "--accept-license",
  "you have read and accept the terms of the model that is fetched (asked once)",
] as const;

export function addModelFlags(command: Command): Command {
  return command
    .option(
      "-m, --model <name>",
      "MedGemma: a GGUF file, or a name of `medgemma models`, fetched when it is not here (default: the embedded phantom, a test object)",
    )
    .option(
      "--endpoint <url>",
      "a server that answers instead of this machine (docs/remote.md); may be repeated",
      (text: string, all: string[] = []) => [...all, text],
    )
    .option("--endpoint-api <name>", "chat: chat completions with a llama-server too (default: what it is)")
    .option("--endpoint-model <name>", "the endpoint's model (default: its first)")
    .option("--timeout <ms>", "for a request to the endpoint (default: 600000)", number("--timeout"))
    .option("-p, --mmproj <file>", "the projector of a GGUF file, which pictures need")
    .option(
      "--picture-fit <how>",
      "pad or stretch pictures that are not square (default: as the model was trained; MedGemma pads)",
    )
    .option(
      "--adapter <file[:scale]>",
      "LoRA adapter of the model; may be repeated (default scale: 1)",
      (text: string, all: AdapterOption[] = []) => [...all, toAdapter(text)],
    )
    .option(...ACCEPT_LICENSE_FLAG)
    .option(
      "--context-size <tokens>",
      "tokens the context holds (default: 8192 or the model's)",
      number("--context-size"),
    )
    .option(
      "--threads <n>",
      "threads for computing (default: the cores, 1 for the phantom)",
      number("--threads"),
    )
    .option(
      "--gpu-layers <n>",
      "layers on the GPUs, 0 for none (default: as many as they have room for)",
      number("--gpu-layers"),
    )
    .option("--gpu <name>", "auto, cuda, vulkan, metal or none (default: auto)")
    .option("-q, --quiet", "no progress and no timings on stderr")
    .option("-v, --verbose", "llama.cpp's log on stderr");
}

export function addAnswerFlags(command: Command): Command {
  addModelFlags(command).option(
    "-n, --max-tokens <n>",
    `new tokens at most (default: ${defaultTokens(command.name())})`,
    number("--max-tokens"),
  );
  for (const name of SAMPLING_NAMES) {
    const { flag, help } = SAMPLING[name];
    command.option(flag, help, number(longFlag(flag)));
  }
  return command
    .option(
      "--stop <text>",
      "end the answer before this text; may be repeated",
      (text: string, all: string[] = []) => [...all, text],
    )
    .option("-s, --system <text>", 'instructions, e.g. "You are an expert radiologist."')
    .option("--think", "let MedGemma 1.5 or 27B think first")
    .option("--show-thought", "print the thought on stderr")
    .option("--json", "one JSON document on stdout instead of the streamed answer");
}

/** `tuned.gguf:0.5`; a colon that no number follows belongs to the path. */
function toAdapter(text: string): AdapterOption {
  const [, file, scale] = /^(.+):(-?\d*\.?\d+)$/.exec(text) ?? [];
  return file === undefined ? { file: text } : { file, scale: Number(scale) };
}

function number(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isNaN(value)) return value;
    throw new MedGemmaError("bad_option", `Expected a number for ${flag}.`, {
      facts: { option: flag },
      remedy: `Example: ${flag} 1`,
    });
  };
}
