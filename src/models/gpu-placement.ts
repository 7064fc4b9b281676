import type { ModelFacts } from "./gguf-model.js";
import type { ProjectorFacts } from "./gguf-projector.js";
import { type ContextShape, computeBytes, encoderBytes } from "./plan-sizes.js";

/** One way to share the work with GPUs, and the bytes that it takes of them. */
export interface GpuPlacement {
  /** Of `layers + 1`: the output, then the layers from the last. */
  readonly gpuLayers: number;
  readonly projectorOnGpu: boolean;
  readonly weights: number;
  readonly kvCache: number;
  readonly projector: number;
  /** Buffers of the graph, on each GPU. */
  readonly graph: number;
  /** Free memory that all GPUs together must have, and for each of them in addition. */
  readonly needs: number;
  readonly needsPerDevice: number;
}

/** Of a GPU's free memory: the driver takes some, and buffers are padded. */
export const USABLE = 0.9;

/**
 * All placements, the best first. The projector goes before layers, for encoding is the dearest part of a question; the
 * last is the one to take when none fits: nothing on the GPU, or what the caller wants there anyway.
 * @param kv Bytes of each layer's cache.
 * @param wanted Layers that the caller insists on. Defaults to as many as fit.
 */
export function listPlacements(
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  shape: ContextShape,
  kv: readonly number[],
  wanted: number | undefined,
): GpuPlacement[] {
  const most = Math.min(wanted ?? model.layers + 1, model.layers + 1);
  const least = wanted === undefined ? 0 : most;
  const counts = Array.from({ length: most - least + 1 }, (_, index) => most - index);
  const vision = projector ? projector.weights + 2 * encoderBytes(projector) : 0;
  const output = model.tied
    ? model.weights.embedding
    : model.weights.total - model.weights.embedding - sum(model.weights.layers);
  const place = (gpuLayers: number, projectorOnGpu: boolean): GpuPlacement => {
    const first = model.layers + 1 - gpuLayers;
    const weights = gpuLayers === 0 ? 0 : output + sum(model.weights.layers.slice(first));
    const kvCache = gpuLayers === 0 ? 0 : sum(kv.slice(first));
    const bytes = { weights, kvCache, projector: projectorOnGpu ? vision : 0 };
    const graph = gpuLayers === 0 && !projectorOnGpu ? 0 : computeBytes(model, shape);
    const needs = (weights + kvCache + bytes.projector) / USABLE;
    return { gpuLayers, projectorOnGpu, ...bytes, graph, needs, needsPerDevice: graph / USABLE };
  };
  const last = { ...place(least, false), needs: 0, needsPerDevice: 0 };
  return [
    ...(projector ? counts.map((count) => place(count, true)) : []),
    ...counts.map((count) => place(count, false)),
    last,
  ];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
