import { MedGemmaError } from "../errors.js";
import type { ModelFacts } from "./gguf-model.js";
import type { ProjectorFacts } from "./gguf-projector.js";
import { type GpuPlacement, listPlacements, USABLE } from "./gpu-placement.js";
import type { Machine } from "./machine.js";
import {
  type ContextShape,
  computeBytes,
  contextShape,
  encoderBytes,
  keyValueBytes,
  logitBytes,
  PROCESS_BYTES,
  vocabularyBytes,
} from "./plan-sizes.js";

/** A GPU as the engine lists it. */
export interface PlanDevice {
  readonly name: string;
  readonly memoryFree: number;
}

export interface PlanOptions {
  /** Tokens. Defaults to the smaller of 8192 and what the model was trained for. */
  readonly contextSize?: number;
  /** Requests at the same time. Defaults to `8`. */
  readonly parallel?: number;
  readonly threads?: number;
  /** Layers that the caller wants on the GPU. Defaults to as many as fit. */
  readonly gpuLayers?: number;
  /** GPUs that may be used. Defaults to none. */
  readonly devices?: readonly PlanDevice[];
}

/** Bytes on one kind of memory. */
export interface PlanPart {
  readonly weights: number;
  readonly kvCache: number;
  readonly projector: number;
  /** Buffers of the graphs, and on the CPU the process itself and the vocabulary. */
  readonly compute: number;
  readonly total: number;
}

export interface Plan {
  readonly cpu: PlanPart;
  /** All GPUs together; undefined when none is used. */
  readonly gpu: PlanPart | undefined;
  /** Of `layers + 1`, the last being the output. */
  readonly gpuLayers: number;
  readonly projectorOnGpu: boolean;
  /** For the engine, which alone knows the free memory of its GPUs: the first that fits is to be taken. */
  readonly placements: readonly GpuPlacement[];
  readonly threads: number;
  readonly contextSize: number;
  readonly parallel: number;
  /** Whether the CPU's part fits into what is available. */
  readonly fits: boolean;
  /** Why it is so, in sentences. */
  readonly reasons: readonly string[];
}

/** Below this size a thread waits longer for the others at every layer than it computes. */
const SMALL_MODEL_BYTES = 64 * 2 ** 20;

/** What a model will take of a machine, from its header alone. */
export function planModel(
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  machine: Machine,
  options: PlanOptions = {},
): Plan {
  const parallel = options.parallel ?? 8;
  const shape = contextShape(model, projector, options.contextSize, parallel);
  const reasons: string[] = [];
  const kv = keyValueBytes(model, shape);
  const gpu = placeOnGpu(model, projector, shape, kv, options, reasons);
  const host = sum(kv) - (gpu?.kvCache ?? 0);
  const layersOnGpu = gpu ? sum(model.weights.layers.slice(model.layers + 1 - gpu.gpuLayers)) : 0;
  // The token table stays for looking words up; an output of its own goes.
  const onlyOnGpu = gpu && !model.tied ? gpu.weights - layersOnGpu : 0;
  const projectorOnGpu = gpu?.projectorOnGpu ?? false;
  const vision = projector && !projectorOnGpu ? projector.weights + encoderBytes(projector) : 0;
  const compute =
    PROCESS_BYTES + vocabularyBytes(model) + logitBytes(model, shape) + computeBytes(model, shape);
  const weights = model.weights.total - layersOnGpu - onlyOnGpu;
  const cpu = part(weights, host, vision, compute);
  reasons.push(
    `${shape.contextSize} tokens of context for ${parallel} requests take ${shape.cells} cells in layers that see everything and ${shape.windowCells} in layers with a window of ${model.slidingWindow}.`,
  );
  const threads = chooseThreads(model, machine, options.threads, reasons);
  const fits = cpu.total <= machine.memoryAvailable;
  const limit = machine.memoryLimit === undefined ? "" : ` (limited to ${mib(machine.memoryLimit)})`;
  reasons.push(
    `${mib(cpu.total)} of memory are needed, ${mib(machine.memoryAvailable)} are available${limit}: ${fits ? "it fits" : "too little"}.`,
  );
  return {
    cpu,
    gpu: gpu && part(gpu.weights, gpu.kvCache, gpu.projector, (options.devices?.length ?? 0) * gpu.graph),
    gpuLayers: gpu?.gpuLayers ?? 0,
    placements: listPlacements(model, projector, shape, kv, options.gpuLayers),
    projectorOnGpu,
    threads,
    contextSize: shape.contextSize,
    parallel,
    fits,
    reasons,
  };
}

/** Where the engine will put it on these GPUs, and what that takes of them. */
function placeOnGpu(
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  shape: ContextShape,
  kv: readonly number[],
  { devices = [], gpuLayers }: PlanOptions,
  reasons: string[],
): GpuPlacement | undefined {
  if (devices.length === 0 || gpuLayers === 0) {
    reasons.push(
      devices.length === 0 ? "No GPU is used: all is on the CPU." : "No layers are wanted on the GPU.",
    );
    return undefined;
  }
  const free = sum(devices.map(({ memoryFree }) => memoryFree));
  const placements = listPlacements(model, projector, shape, kv, gpuLayers);
  const found = placements.find((it) => it.needs + devices.length * it.needsPerDevice <= free);
  const names = devices.map(({ name }) => name).join(", ");
  if (!found || (found.gpuLayers === 0 && !found.projectorOnGpu)) {
    reasons.push(`${names}: ${mib(USABLE * free)} usable, too little for a layer: all is on the CPU.`);
    return undefined;
  }
  const vision = projector ? `, the projector ${found.projectorOnGpu ? "too" : "stays on the CPU"}` : "";
  reasons.push(
    `${names}: ${mib(USABLE * free)} usable, ${found.gpuLayers} of ${model.layers + 1} layers go there${vision}.`,
  );
  return found;
}

function chooseThreads(
  model: ModelFacts,
  { physicalCores, logicalCores, cpuQuota }: Machine,
  wanted: number | undefined,
  reasons: string[],
): number {
  if (wanted !== undefined) return wanted;
  if (model.bytes < SMALL_MODEL_BYTES) {
    reasons.push("1 thread: the model is too small to gain from more.");
    return 1;
  }
  const cores = Math.max(1, physicalCores);
  // A thread without a core of its own makes all others wait at every layer.
  const threads = cpuQuota === undefined ? cores : Math.max(1, Math.min(cores, Math.floor(cpuQuota)));
  const quota = threads < cores ? `, of which the container gives ${cpuQuota}` : "";
  reasons.push(`${threads} threads: ${cores} cores (${logicalCores} hardware threads)${quota}.`);
  return threads;
}

/** Bits a weight of files with the quantisation, for those that take less. */
const SMALLER: readonly (readonly [string, number])[] = [
  ["Q8_0", 8.5],
  ["Q6_K", 6.6],
  ["Q5_K_M", 5.7],
  ["Q4_K_M", 4.85],
  ["Q3_K_M", 3.95],
  ["Q2_K", 3.2],
];

/**
 * Refuses what does not fit, before it is loaded.
 * @throws MedGemmaError `not_enough_memory`, with what would fit.
 */
export function checkPlan(
  plan: Plan,
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  machine: Machine,
  options: PlanOptions = {},
): void {
  if (plan.fits) return;
  const fitting = (change: PlanOptions, facts = model) =>
    planModel(facts, projector, machine, { ...options, ...change }).fits;
  const advice: string[] = [];
  const parallel = [plan.parallel, 1].find((count) => fitting({ parallel: count, contextSize: 256 }));
  let contextSize: number | undefined;
  if (parallel !== undefined) {
    for (let size = 256; size < plan.contextSize && fitting({ parallel, contextSize: size }); size += 256)
      contextSize = size;
    if (contextSize !== undefined)
      advice.push(`contextSize ${contextSize}${parallel === plan.parallel ? "" : " with parallel 1"}`);
  }
  const quantization = SMALLER.find(([, bits]) => {
    const total = (model.parameters * bits) / 8;
    if (total >= model.weights.total) return false;
    return fitting({}, { ...model, weights: scaled(model, total / model.weights.total) });
  })?.[0];
  if (quantization !== undefined) advice.push(`the quantisation ${quantization}`);
  const would =
    advice.length > 0 ? ` This would fit: ${advice.join(", or ")}.` : " No smaller context would fit.";
  throw new MedGemmaError(
    "not_enough_memory",
    `The model needs ${mib(plan.cpu.total)} of memory; ${mib(machine.memoryAvailable)} are available.${would}`,
    {
      facts: {
        required: Math.round(plan.cpu.total),
        available: Math.round(machine.memoryAvailable),
        contextSize,
        parallel: contextSize === undefined ? undefined : parallel,
        quantization,
      },
    },
  );
}

function scaled({ weights }: ModelFacts, by: number): ModelFacts["weights"] {
  return {
    total: weights.total * by,
    embedding: weights.embedding * by,
    layers: weights.layers.map((bytes) => bytes * by),
  };
}

function part(weights: number, kvCache: number, projector: number, compute: number): PlanPart {
  return { weights, kvCache, projector, compute, total: weights + kvCache + projector + compute };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** For people. */
function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
