import { stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { JoinedAbort } from "../../base/abort.js";
import { Callback } from "../../base/callback.js";
import { badOption, MedGemmaError, throwIfAborted } from "../../base/errors.js";
import type { Beside } from "../../base/files/beside.js";
import { besideOutput, notWritten } from "../../base/files/write.js";
import { checkNames, checkSignal, functionOption, integerOption, readOnce } from "../../base/options.js";
import type { FileInfo } from "../../engine/engine.js";
import { fileInfo } from "../../engine/file-info.js";
import { fromNative, loadAddon } from "../../engine/native/addon.js";
import { quantizeNatively } from "../../engine/native/quantize.js";
import type { SpawnOptions } from "../../engine/process/link/spawn-child.js";
import { quantizeApart } from "../../engine/process/quantize-apart.js";
import { readGguf } from "../../models/gguf/gguf.js";

export interface QuantizeOptions extends SpawnOptions {
  /** Where the quantised file goes. It appears whole or not at all. */
  output: string;
  /** Replace a file that is there. Defaults to `false`. */
  overwrite?: boolean | undefined;
  /** Threads, 1..512. Defaults to the cores this process may use. */
  threads?: number | undefined;
  /**
   * `"process"`: llama.cpp works in a process of its own, so that its aborts are errors. `"none"`: in this one, where no
   * process can be started. Defaults to `"process"`.
   */
  isolation?: "process" | "none" | undefined;
  /** Called with 0..1 after each tensor. */
  onProgress?: ((share: number) => void) | undefined;
  /** Stops the work at once; nothing stays. */
  signal?: AbortSignal | undefined;
}

export interface Quantized {
  readonly type: string;
  readonly input: { readonly name: string; readonly bytes: number };
  readonly output: FileInfo;
  /** True for a projector, false for a language model. */
  readonly projector: boolean;
  /** Matrices that the type is for. */
  readonly matrices: number;
  /** Of these, stored in another type, because their width is no multiple of the type's block. */
  readonly fallbacks: number;
  /** Matrices that stay as they are, because llama.cpp's code needs them so. */
  readonly kept: readonly string[];
}

const NAMES: readonly (keyof QuantizeOptions)[] = [
  "output",
  "overwrite",
  "threads",
  "isolation",
  "onProgress",
  "signal",
  "execPath",
  "execArgv",
  "env",
];

/** llama.cpp's names of the types that `quantize` writes. */
export function quantizeTypes(): string[] {
  return loadAddon().quantizeTypes();
}

/**
 * Quantises a model or a projector with llama.cpp's own code.
 * @param type As llama.cpp spells it (`Q4_K_M`, `Q8_0`, ...); small letters are taken too.
 * @throws MedGemmaError `bad_option`, `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid` (also weights that
 * are no numbers), `not_gemma3`, `quantize_unsupported`, `quantize_failed` (also when llama.cpp aborts), `output_failed`, `aborted`,
 * `engine_crashed` when the process cannot be started or is killed, `addon_missing`, `addon_unloadable`; and what
 * `onProgress` throws, as it is.
 */
export async function quantize(model: string, type: string, asked: QuantizeOptions): Promise<Quantized> {
  const options = readOnce("quantize", asked);
  checkNames("quantize", options, NAMES);
  if (typeof model !== "string" || model === "") throw badOption("model", "a path", model);
  if (typeof type !== "string") throw badOption("type", "a type's name", type);
  functionOption("onProgress", options.onProgress);
  checkSignal(options.signal);
  const { output, overwrite = false, isolation = "process", onProgress, signal } = options;
  const threads = integerOption("threads", options.threads, os.availableParallelism(), 1, 512);
  if (isolation !== "process" && isolation !== "none")
    throw badOption("isolation", '"process" or "none"', isolation);
  if (typeof output !== "string" || output === "") throw badOption("output", "a path", output);
  if (path.resolve(output) === path.resolve(model)) throw badOption("output", "another file", output);
  throwIfAborted(signal);
  // Before llama.cpp: it would wait for a pipe's writer, and take minutes over a header of half a million entries.
  await readGguf(model);
  const addon = loadAddon();
  const name = type.toUpperCase();
  const types = addon.quantizeTypes();
  if (!types.includes(name)) {
    throw new MedGemmaError("quantize_unsupported", `Expected one of ${types.join(", ")} for the type.`, {
      facts: { types },
    });
  }
  const there = await stat(output).catch(() => undefined);
  if (there && !overwrite) throw thereAlready(output);
  if (there && !there.isFile()) throw badOption("output", "a file, or a place for one,", output);
  const beside = await besideOutput(output);
  const progress = new Callback(onProgress);
  const stop = new JoinedAbort(signal);
  progress.failed.catch(() => stop.abort());
  try {
    const facts = await addon.ggufFacts(model);
    const params = { input: path.resolve(model), output: path.resolve(beside.path), type: name, threads };
    const { matrices, fallbacks, kept } = await (isolation === "none"
      ? quantizeNatively(params, progress.call, stop.signal)
      : quantizeApart(params, options, progress.call, stop.signal));
    progress.check();
    throwIfAborted(signal);
    const { bytes, sha256 } = await fileInfo(beside.path, signal);
    await place(beside, output, overwrite);
    return {
      type: name,
      input: { name: path.basename(model), bytes: facts.bytes },
      output: { name: path.basename(output), bytes, sha256 },
      projector: facts.architecture === "clip",
      matrices,
      fallbacks,
      kept,
    };
  } catch (error) {
    await beside.discard();
    progress.check();
    throw fromNative(error, [model, beside.path]);
  } finally {
    stop.end();
  }
}

async function place(beside: Beside, output: string, overwrite: boolean): Promise<void> {
  try {
    await beside.place(overwrite);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another made it meanwhile.
    throw code === "EEXIST" && !overwrite ? thereAlready(output) : notWritten(output, code);
  }
}

function thereAlready(output: string): MedGemmaError {
  return badOption("output", "a file that is not there yet (or overwrite)", output);
}
