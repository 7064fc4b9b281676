import { MedGemmaError } from "../../base/errors.js";
import type { Machine } from "../../machine/machine.js";
import {
  type Chosen,
  choosePlacement,
  type Gpu,
  hostBytes,
  sharesMemory,
  USABLE,
} from "../../machine/placement.js";
import { defaultThreads } from "../../machine/threads.js";
import type { ModelFacts } from "../gguf/model-facts.js";
import type { ProjectorFacts } from "../gguf/projector.js";
import { type GpuPlacement, listPlacements, type PlanPart } from "./gpu-placement.js";
import { contextShape, keyValueBytes } from "./sizes.js";

export interface PlanOptions {
  /** Tokens. Defaults to the smaller of 8192 and what the model was trained for. */
  readonly contextSize?: number | undefined;
  /** Requests at the same time. Defaults to `8`. */
  readonly parallel?: number | undefined;
  readonly threads?: number | undefined;
  /** Layers that the caller wants on the GPU. Defaults to as many as fit. */
  readonly gpuLayers?: number | undefined;
  /** GPUs that may be used. Defaults to none. */
  readonly devices?: readonly Gpu[] | undefined;
}

export interface Plan {
  readonly cpu: PlanPart;
  /** All GPUs together; undefined when none is used. */
  readonly gpu: PlanPart | undefined;
  /** Of `layers + 1`, the last being the output. */
  readonly gpuLayers: number;
  readonly projectorOnGpu: boolean;
  /** Names of the GPUs that are used. */
  readonly devices: readonly string[];
  /** For the engine, which alone knows the free memory of its GPUs: the first that fits is to be taken. */
  readonly placements: readonly GpuPlacement[];
  readonly threads: number;
  readonly contextSize: number;
  readonly parallel: number;
  /** Memory of the machine itself in bytes: the CPU's part, and the GPUs' where they share it. */
  readonly required: number;
  /** Whether that much is available. */
  readonly fits: boolean;
  /** Why it is so, in sentences. */
  readonly reasons: readonly string[];
}

/** What a model will take of a machine, from its header alone. */
export function planModel(
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  machine: Machine,
  options: PlanOptions = {},
): Plan {
  const parallel = options.parallel ?? 8;
  const shape = contextShape(model, projector, options.contextSize, parallel);
  const kv = keyValueBytes(model, shape);
  const placements = listPlacements(model, projector, shape, kv, options.gpuLayers);
  const chosen = choosePlacement(options.gpuLayers === 0 ? [] : (options.devices ?? []), placements);
  if (!chosen) throw new Error("There is no placement.");
  const { placement, gpus } = chosen;
  const { cpu, gpu, gpuLayers, projectorOnGpu } = placement;
  const reasons = [explainGpus(chosen, model, projector, options)];
  reasons.push(
    `${shape.contextSize} tokens of context for ${parallel} requests take ${shape.cells} cells in layers that see everything and ${shape.windowCells} in layers with a window of ${model.slidingWindow}.`,
  );
  const defaults = defaultThreads(model.bytes, machine);
  if (options.threads === undefined) reasons.push(defaults.reason);
  const required = hostBytes(chosen);
  const fits = required <= machine.memoryAvailable;
  const limit = machine.memoryLimit === undefined ? "" : ` (limited to ${mib(machine.memoryLimit)})`;
  const shared = sharesMemory(gpus) ? " (the GPU's part is of the same memory)" : "";
  reasons.push(
    `${mib(required)} of memory are needed${shared}, ${mib(machine.memoryAvailable)} are available${limit}: ${fits ? "it fits" : "too little"}.`,
  );
  return {
    cpu,
    gpu: gpus.length > 0 ? withGraphs(gpu, gpus.length * placement.graph) : undefined,
    gpuLayers,
    projectorOnGpu,
    devices: gpus.map(({ name }) => name),
    placements,
    threads: options.threads ?? defaults.threads,
    contextSize: shape.contextSize,
    parallel,
    required,
    fits,
    reasons,
  };
}

/** Where the model goes, as a sentence. */
function explainGpus(
  { placement, gpus }: Chosen<Gpu, GpuPlacement>,
  model: ModelFacts,
  projector: ProjectorFacts | undefined,
  { devices = [], gpuLayers: wanted }: PlanOptions,
): string {
  if (devices.length === 0) return "No GPU is used: all is on the CPU.";
  if (wanted === 0) return "No layers are wanted on the GPU.";
  const usable = (list: readonly Gpu[]) =>
    `${list.map(({ name }) => name).join(", ")}: ${mib(list.reduce((sum, { memoryFree }) => sum + USABLE * memoryFree, 0))} usable`;
  if (gpus.length === 0) return `${usable(devices)}, too little for a layer: all is on the CPU.`;
  const { gpuLayers, projectorOnGpu } = placement;
  const vision = projector ? `, the projector ${projectorOnGpu ? "too" : "stays on the CPU"}` : "";
  return `${usable(gpus)}, ${gpuLayers} of ${model.layers + 1} layers go there${vision}.`;
}

function withGraphs(part: PlanPart, compute: number): PlanPart {
  return { ...part, compute, total: part.total + compute };
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
    `The model needs ${mib(plan.required)} of memory; ${mib(machine.memoryAvailable)} are available.${would}`,
    {
      facts: {
        required: Math.round(plan.required),
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

/** For people. */
function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
