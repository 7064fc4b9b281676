import { MedGemmaError } from "../../../base/errors.js";
import type { Stuck } from "./watchdog.js";

/**
 * Lines of stderr that say why a process died and never hold a prompt: asserts of ggml and llama.cpp, uncaught C++
 * exceptions, V8 and the C library giving up.
 */
const REASONS = [
  /GGML_ASSERT|GGML_ABORT|ggml_abort|fatal error/,
  /^terminate called|^\s*what\(\):/,
  /^FATAL ERROR:|^#\s*Fatal|out of memory/i,
  /corruption|invalid pointer|stack smashing|double free/,
];
/** Before the model is loaded there is no prompt, and the runtime's own words (a missing module, a bad flag) help. */
const START_REASONS = [...REASONS, /^\w*Error\b|: bad option:/];
const KEPT = 8192;
const LONGEST = 300;

/** Remembers the end of a process's stderr. */
export class StderrTail {
  #text = "";

  push(chunk: string): void {
    this.#text = (this.#text + chunk).slice(-KEPT);
  }

  /** Why the process ended, if it said so. */
  reason(loaded: boolean): string | undefined {
    const patterns = loaded ? REASONS : START_REASONS;
    const line = this.#text.split("\n").find((text) => patterns.some((pattern) => pattern.test(text)));
    return line?.trim().slice(0, LONGEST);
  }
}

export interface Ending {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly reason: string | undefined;
}

/** The error of every call that ran when the process ended. */
export function crashError(ending: Ending): MedGemmaError {
  const how = ending.signal ? `by ${ending.signal}` : `with code ${ending.exitCode ?? "unknown"}`;
  const why = ending.reason ? `: ${ending.reason}` : "";
  return new MedGemmaError("engine_crashed", `The engine's process ended ${how}${why}.`, {
    facts: { ...ending },
  });
}

/** The error of every call that ran when the process was ended because it was stuck. */
export function stuckError({ what, elapsed, usual }: Stuck): MedGemmaError {
  const seconds = (ms: number) => `${(ms / 1000).toPrecision(2)} s`;
  const compared = usual === undefined ? "" : `, where ${seconds(usual)} are usual`;
  return new MedGemmaError(
    "engine_crashed",
    `The engine's process was ended after ${Math.round(elapsed / 1000)} s${compared}: ${what}.`,
    {
      facts: { reason: "stuck", elapsed, usual },
      remedy:
        "Ask again: the process is started anew. If it repeats, test the files (`medgemma doctor --model FILE --deep`); on a machine this slow raise `stuckAfter`.",
    },
  );
}

/** The error of every call after the engine has given up. */
export function gaveUpError(crashes: number, last: MedGemmaError): MedGemmaError {
  return new MedGemmaError(
    "engine_crashed",
    `The engine's process crashed ${crashes} times in a row and is not started again. ${last.message}`,
    {
      facts: { ...last.facts, crashes },
      cause: last,
      remedy: "Find the reason (`medgemma doctor`; memory; the file's sha256), then load the model again.",
    },
  );
}
