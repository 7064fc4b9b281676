import type { GenerateOptions } from "../engine/engine.js";
import { resolveGenerateOptions } from "../engine/native/generate-options.js";
import { askedSampling } from "../engine/sampling.js";
import { type LoadOptions, resolveLoadOptions } from "../medgemma/load/load-options.js";
import { MedGemma } from "../medgemma/medgemma.js";
import { type AskOptions, checkAskOptions, toGenerateOptions } from "../medgemma/run/ask-options.js";
import { showDownload, withLicense } from "./download.js";
import type { AnswerFlags, ModelFlags } from "./flags.js";
import { clearStatus, note, progress } from "./terminal.js";

/** Loads the model that the flags name, with a bar on a terminal. */
export async function loadModel(flags: ModelFlags, signal: AbortSignal): Promise<MedGemma> {
  const onProgress = (share: number) => progress("Loading", share);
  const onDownload = showDownload();
  try {
    const model = await withLicense(flags.acceptLicense, signal, (accept) =>
      MedGemma.load({
        ...toLoadOptions(flags),
        ...accept,
        ...logOf(flags),
        ...(!flags.quiet && { onProgress, onDownload }),
        signal,
      }),
    );
    tell(model.info.warnings);
    return model;
  } finally {
    clearStatus();
  }
}

const told = new Set<string>();

/** Once, however often the model is loaded. */
function tell(warnings: readonly string[]): void {
  for (const warning of warnings) if (!told.has(warning)) note(`Warning: ${warning}`);
  for (const warning of warnings) told.add(warning);
}

/** llama.cpp's lines when they are asked for; of endpoints what is missing, unless no notes are wanted. */
function logOf({ endpoint, verbose, quiet }: ModelFlags): Pick<LoadOptions, "onLog"> {
  if (endpoint) {
    return { onLog: (level, line) => (verbose || (level === "warning" && !quiet) ? note(line) : undefined) };
  }
  return verbose ? { onLog: (level, line) => note(`llama.cpp ${level}: ${line.trimEnd()}`) } : {};
}

export function toLoadOptions(flags: ModelFlags): LoadOptions {
  const { endpoint, endpointModel, endpointApi, timeout, model, mmproj, adapter } = flags;
  const { contextSize, threads, gpuLayers } = flags;
  const gpu = (flags.gpu === "none" ? false : flags.gpu) as LoadOptions["gpu"];
  return defined({
    endpoint: endpoint?.length === 1 ? endpoint[0] : endpoint,
    endpointModel,
    endpointApi: endpointApi as LoadOptions["endpointApi"],
    endpointTimeout: timeout,
    model,
    projector: mmproj,
    fit: flags.pictureFit as LoadOptions["fit"],
    adapters: adapter,
    contextSize,
    threads,
    gpuLayers,
    gpu,
  });
}

/** The library's options, checked before a model is loaded for nothing. */
export function toAskOptions(flags: AnswerFlags): AskOptions {
  const { maxTokens, stop, system, think } = flags;
  const options: AskOptions = defined({ maxTokens, ...askedSampling(flags), stop, system, think });
  resolveLoadOptions(toLoadOptions(flags));
  checkAskOptions("ask", options);
  resolveGenerateOptions(toGenerateOptions(options) as GenerateOptions);
  return options;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
