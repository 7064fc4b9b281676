import { rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { badOption, MedGemmaError, throwIfAborted } from "../../errors.js";
import { integerOption } from "../../options.js";
import { withCancel } from "../abort.js";
import type { FileInfo } from "../engine.js";
import { fileInfo } from "../file-info.js";
import { fromNative, loadAddon } from "./addon.js";

export interface QuantizeOptions {
  /** Where the quantised file goes. It appears whole or not at all. */
  output: string;
  /** Replace a file that is there. Defaults to `false`. */
  overwrite?: boolean;
  /** Threads, 1..512. Defaults to the cores this process may use. */
  threads?: number;
  /** Called with 0..1 after each tensor. */
  onProgress?: (share: number) => void;
  /** Stops after the tensor that is being written. */
  signal?: AbortSignal;
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

/** llama.cpp's names of the types that `quantize` writes. */
export function quantizeTypes(): string[] {
  return loadAddon().quantizeTypes();
}

/**
 * Quantises a model or a projector with llama.cpp's own code.
 * @param type As llama.cpp spells it (`Q4_K_M`, `Q8_0`, ...); small letters are taken too.
 * @throws MedGemmaError `bad_option`, `file_not_found`, `not_gguf`, `gguf_truncated`, `gguf_invalid`, `not_gemma3`,
 * `quantize_unsupported`, `quantize_failed`, `aborted`, `addon_missing`, `addon_unloadable`.
 */
export async function quantize(model: string, type: string, options: QuantizeOptions): Promise<Quantized> {
  const { output, overwrite = false, onProgress, signal } = options;
  const threads = integerOption("threads", options.threads, os.availableParallelism(), 1, 512);
  throwIfAborted(signal);
  const addon = loadAddon();
  const name = String(type).toUpperCase();
  const types = addon.quantizeTypes();
  if (!types.includes(name)) {
    throw new MedGemmaError("quantize_unsupported", `Expected one of ${types.join(", ")} for the type.`, {
      facts: { types },
    });
  }
  if (typeof output !== "string" || output === "") throw badOption("output", "a path", output);
  if (path.resolve(output) === path.resolve(model)) throw badOption("output", "another file", output);
  if (!overwrite && (await exists(output)))
    throw badOption("output", "a file that is not there yet (or overwrite)", output);
  // In the same folder, so that the last step is a rename.
  const part = `${output}.${process.pid}.part`;
  try {
    const facts = await addon.ggufFacts(model);
    const work = addon.quantize({ input: model, output: part, type: name, threads }, (share) =>
      onProgress?.(share),
    );
    const { matrices, fallbacks, kept } = await withCancel(signal, work.cancel, work.promise);
    throwIfAborted(signal);
    const { bytes, sha256 } = await fileInfo(part, signal);
    await rename(part, output);
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
    await rm(part, { force: true });
    throw fromNative(error);
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
