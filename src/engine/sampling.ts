import { randomInt } from "node:crypto";
import { type Filled, integerOption, numberOption } from "../base/options.js";

export interface SamplingOptions {
  /** 0 is greedy. Range 0..10. Defaults to `0`. */
  temperature?: number | undefined;
  /** Keep the k likeliest tokens; 0 keeps all. Defaults to `64` (Gemma 3's own setting); unused when greedy. */
  topK?: number | undefined;
  /** Keep the smallest set of tokens with this much probability, 0..1. Defaults to `0.95`; unused when greedy. */
  topP?: number | undefined;
  /** Drop tokens below this share of the likeliest one's probability, 0..1. Defaults to `0`. */
  minP?: number | undefined;
  /** Divide the logits of tokens seen in the last 256 by this. 1 is off; long answers of MedGemma loop less with 1.3. Defaults to `1`. */
  repeatPenalty?: number | undefined;
  /**
   * 0..4294967294. Defaults to a random one, reported in the result; greedy answers do not depend on it.
   *
   * Together with `deterministic: true` the same seed gives the same answer to the last bit, for the same prompt, options,
   * files and machine. Without it mostly the same: rounding depends on what runs beside a request and on which prefix was
   * known already, and where two tokens are nearly equal it may turn the draw. Endpoints promise what their servers do.
   */
  seed?: number | undefined;
}

export type SamplingName = keyof SamplingOptions;

interface SamplingEntry {
  readonly kind: "number" | "integer";
  readonly from: number;
  readonly to: number;
  readonly default: number | "random";
  /** On the command line, as commander writes flags; the long form is the option's name. */
  readonly flag: `${string}--${string} <${string}>`;
  readonly help: string;
  /** The fields of llama-server's own requests that carry it; none where it cannot. */
  readonly llamaServer: readonly string[];
  /** The fields of chat completions that carry it; several where servers differ in its name. */
  readonly chat: readonly string[];
  /** When chat completions go without it. A server may refuse a field that is not of OpenAI's, so none is sent in vain. */
  readonly chatOmits: readonly ("greedy" | "default")[];
}

/** The one place where a sampling option is described. CONTRIBUTING.md names what else a new one needs. */
export const SAMPLING: Readonly<Record<SamplingName, SamplingEntry>> = {
  temperature: {
    kind: "number",
    from: 0,
    to: 10,
    default: 0,
    flag: "-t, --temperature <x>",
    help: "0 always takes the likeliest token (default: 0)",
    llamaServer: ["temperature"],
    chat: ["temperature"],
    chatOmits: [],
  },
  topK: {
    kind: "integer",
    from: 0,
    to: 1_000_000,
    default: 64,
    flag: "--top-k <n>",
    help: "sample from the k likeliest tokens (default: 64)",
    llamaServer: ["top_k"],
    chat: ["top_k"],
    chatOmits: ["greedy"],
  },
  topP: {
    kind: "number",
    from: 0,
    to: 1,
    default: 0.95,
    flag: "--top-p <x>",
    help: "sample from this much probability (default: 0.95)",
    llamaServer: ["top_p"],
    chat: ["top_p"],
    chatOmits: ["greedy"],
  },
  minP: {
    kind: "number",
    from: 0,
    to: 1,
    default: 0,
    flag: "--min-p <x>",
    help: "drop tokens below this share of the best (default: 0)",
    llamaServer: ["min_p"],
    chat: ["min_p"],
    chatOmits: ["greedy", "default"],
  },
  repeatPenalty: {
    kind: "number",
    from: 0.1,
    to: 10,
    default: 1,
    flag: "--repeat-penalty <x>",
    help: "1 is off; 1.3 ends loops in long answers (default: 1)",
    llamaServer: ["repeat_penalty"],
    // vLLM's name and llama-server's.
    chat: ["repetition_penalty", "repeat_penalty"],
    chatOmits: ["default"],
  },
  seed: {
    // llama.cpp takes the largest value of 32 bits for "random", so it is not offered.
    kind: "integer",
    from: 0,
    to: 0xffff_fffe,
    default: "random",
    flag: "--seed <n>",
    help: "for sampling (default: random, told in --json)",
    llamaServer: ["seed"],
    chat: ["seed"],
    chatOmits: [],
  },
};

export const SAMPLING_NAMES = Object.keys(SAMPLING) as readonly SamplingName[];

/** As asked for; undefined where the default holds. */
export function askedSampling(options: SamplingOptions): Record<SamplingName, number | undefined> {
  return forEachName((name) => options[name]);
}

/** @throws MedGemmaError `bad_option`. */
export function resolveSampling(options: SamplingOptions): Filled<SamplingOptions> {
  return forEachName((name) => {
    const { kind, from, to, default: usual } = SAMPLING[name];
    const check = kind === "integer" ? integerOption : numberOption;
    return check(name, options[name], usual === "random" ? drawSeed() : usual, from, to);
  });
}

/** A seed for a request that names none. */
export function drawSeed(): number {
  return randomInt(SAMPLING.seed.to);
}

function forEachName<Value>(read: (name: SamplingName) => Value): Record<SamplingName, Value> {
  return Object.fromEntries(SAMPLING_NAMES.map((name) => [name, read(name)])) as Record<SamplingName, Value>;
}
