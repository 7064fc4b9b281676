import type { AdapterInfo, EngineInfo, FileInfo } from "../engine.js";
import type { Addon, NativeEngineHandle } from "./addon.js";

/** What was loaded, as the engine itself tells it. */
export function describeEngine(
  addon: Addon,
  handle: NativeEngineHandle,
  modelFile: FileInfo,
  projectorFile: FileInfo | undefined,
  adapters: readonly AdapterInfo[],
  loadTime: number,
): EngineInfo {
  const { model, projector, imageSize, imageTokens, encoder, contextSize, threads } = handle.info();
  const { medgemma, llamaCpp } = addon.versions();
  return {
    kind: "native",
    model: {
      file: modelFile,
      name: model.name,
      architecture: model.architecture,
      quantization: model.quantization,
      parameters: model.parameters,
      vocabularySize: model.vocabularySize,
      embeddingWidth: model.embeddingLength,
      trainedContext: model.contextLength,
    },
    projector: projector &&
      projectorFile && {
        file: projectorFile,
        quantization: projector.quantization,
        imageSize,
        imageTokens,
        encoder,
      },
    ...(adapters.length > 0 && { adapters }),
    contextSize,
    threads,
    devices: addon.devices(),
    versions: { medgemma, llamaCpp, node: process.version },
    loadTime,
  };
}
