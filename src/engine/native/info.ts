import type { AdapterInfo, EngineInfo, FileInfo, PlacementInfo } from "../engine.js";
import type { Addon, NativeEngineHandle, NativeEngineInfo } from "./addon.js";
import type { GpuUse } from "./gpu.js";

/** What was loaded, as the engine itself tells it. */
export function describeEngine(
  addon: Addon,
  handle: NativeEngineHandle,
  modelFile: FileInfo,
  projectorFile: FileInfo | undefined,
  adapters: readonly AdapterInfo[],
  use: GpuUse,
  loadTime: number,
): EngineInfo {
  const info = handle.info();
  const { model, projector, imageSize, imageTokens, encoder, contextSize, threads } = info;
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
    placement: describePlacement(info, use),
    versions: { medgemma, llamaCpp, node: process.version },
    loadTime,
  };
}

/** What the encoder's name tells counts: only llama.cpp's own runs on a GPU. */
function describePlacement({ model, projector, encoder }: NativeEngineInfo, use: GpuUse): PlacementInfo {
  const layers = model.blockCount + 1;
  const wanted = use.gpuLayers < 0 ? layers : use.gpuLayers;
  const gpuLayers = use.devices.length === 0 ? 0 : Math.min(wanted, layers);
  const projectorOnGpu = projector !== undefined && use.projectorDevice !== "" && encoder === "mtmd";
  const gpus = gpuLayers > 0 ? use.devices : projectorOnGpu ? [use.projectorDevice] : [];
  return { gpuLayers, layers, projector: projector && (projectorOnGpu ? "gpu" : "cpu"), gpus };
}
