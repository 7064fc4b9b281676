import type { Placement } from "../../machine/placement.js";
import type { ModelFacts } from "../gguf/model-facts.js";
import type { ProjectorFacts } from "../gguf/projector.js";
import {
  type ContextShape,
  computeBytes,
  encoderBytes,
  logitBytes,
  PROCESS_BYTES,
  vocabularyBytes,
} from "./sizes.js";

/** Bytes on one kind of memory. */
export interface PlanPart {
  readonly weights: number;
  readonly kvCache: number;
  readonly projector: number;
  /** Buffers of the graphs, and on the CPU the process itself and the vocabulary. */
  readonly compute: number;
  readonly total: number;
}

/** A placement, and what it is made of. */
export interface GpuPlacement extends Placement {
  readonly cpu: PlanPart;
  /** All GPUs together, but for the graph's buffers, which each of them has. */
  readonly gpu: PlanPart;
}

/**
 * All placements, the best first. The projector goes before layers, for encoding is the dearest part of a question; the
 * last is the one without a GPU.
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
  const ownOutput = model.weights.total - model.weights.embedding - sum(model.weights.layers);
  const buffers = computeBytes(model, shape);
  const compute = PROCESS_BYTES + vocabularyBytes(model) + logitBytes(model, shape) + buffers;
  const place = (gpuLayers: number, projectorOnGpu: boolean): GpuPlacement => {
    const first = model.layers + 1 - gpuLayers;
    const layers = sum(model.weights.layers.slice(first));
    const cache = gpuLayers === 0 ? 0 : sum(kv.slice(first));
    // The token table stays for looking words up, and goes too where it is the output; an output of its own goes.
    const output = gpuLayers === 0 ? 0 : model.tied ? model.weights.embedding : ownOutput;
    const moved = layers + (gpuLayers === 0 || model.tied ? 0 : ownOutput);
    const vision = projector ? projector.weights + encoderBytes(projector) : 0;
    const visionOnGpu = projector ? projector.weights + 2 * encoderBytes(projector) : 0;
    const gpu = part(layers + output, cache, projectorOnGpu ? visionOnGpu : 0, 0);
    const cpu = part(model.weights.total - moved, sum(kv) - cache, projectorOnGpu ? 0 : vision, compute);
    return {
      gpuLayers,
      projectorOnGpu,
      spread: gpu.weights + gpu.kvCache,
      projector: gpu.projector,
      graph: gpuLayers === 0 && !projectorOnGpu ? 0 : buffers,
      host: cpu.total,
      cpu,
      gpu,
    };
  };
  return [
    ...(projector ? counts.map((count) => place(count, true)) : []),
    ...counts.map((count) => place(count, false)),
    // More than there is room for, but asked for.
    ...(wanted ? [{ ...place(most, false), insisted: true }] : []),
    ...(wanted ? [place(0, false)] : []),
  ];
}

function part(weights: number, kvCache: number, projector: number, compute: number): PlanPart {
  return { weights, kvCache, projector, compute, total: weights + kvCache + projector + compute };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
