import { MedGemmaError } from "../../base/errors.js";
import type { EngineInfo } from "../../engine/engine.js";
import { resolveAdapterOptions } from "../../engine/native/adapters.js";
import { mayHaveGpu } from "../../engine/native/gpu.js";
import { readMachine } from "../../machine/machine.js";
import type { Gpu } from "../../machine/placement.js";
import { readGguf } from "../../models/gguf/gguf.js";
import { inspectModel, type ModelInspection } from "../../models/gguf/inspect.js";
import { checkPair, publishedFiles } from "../../models/pair.js";
import { checkPlan, type Plan, planModel } from "../../models/plan/plan.js";
import type { ModelVersion } from "../run/model-profile.js";
import type { ResolvedLoadOptions } from "./load-options.js";

/** What to load with. */
export interface PreparedLoad {
  readonly threads: number;
  readonly placements: Plan["placements"];
  /** Paths of the model's further files. */
  readonly modelParts: readonly string[];
  /** As its header tells it. */
  readonly version: ModelVersion | undefined;
  readonly warnings: readonly string[];
  /** @throws MedGemmaError `projector_mismatch`: by the hashes of what was loaded, the projector is another model's. */
  readonly checkLoaded: (info: EngineInfo) => Promise<void>;
  /** Throws the engine's error again; `not_enough_memory` with what would fit. */
  readonly explain: (error: unknown) => never;
}

/**
 * Reads the files' headers and plans for this machine, before llama.cpp sees either.
 * @throws MedGemmaError as `inspectModel`, for an adapter as `readGguf`, and `not_enough_memory`.
 */
export async function prepareLoad(
  model: string,
  projector: string | undefined,
  options: ResolvedLoadOptions["engine"],
): Promise<PreparedLoad> {
  const facts = await inspectModel(model, projector);
  // A header of half a million entries would take llama.cpp half a minute.
  for (const { file } of resolveAdapterOptions(options.adapters)) await readGguf(file);
  const machine = readMachine();
  const plan = planModel(facts.model, facts.projector, machine, options);
  // A GPU's memory is known to the engine only, which then asks for what stays on the CPU.
  if (!maybeGpu(options)) checkPlan(plan, facts.model, facts.projector, machine, options);
  const explain = (error: unknown): never => {
    adviseOn(error, facts, options);
    throw error;
  };
  const checkLoaded = async (info: EngineInfo) =>
    checkPair(
      facts,
      { model: info.model.file.sha256, projector: info.projector?.file.sha256 },
      await publishedFiles(),
    );
  return {
    threads: plan.threads,
    placements: plan.placements,
    modelParts: facts.parts,
    version: facts.model.kind.version,
    warnings: facts.warnings,
    checkLoaded,
    explain,
  };
}

/** One that is named is loaded without asking for its driver, or refused by the engine. */
function maybeGpu({ gpu = "auto", gpuLayers }: ResolvedLoadOptions["engine"]): boolean {
  if (gpu === false || gpuLayers === 0) return false;
  return gpu !== "auto" || process.platform === "darwin" || mayHaveGpu("cuda") || mayHaveGpu("vulkan");
}

/** @throws MedGemmaError `not_enough_memory`, when the engine found that on its GPUs. */
export function adviseOn(
  error: unknown,
  { model, projector }: ModelInspection,
  options: ResolvedLoadOptions["engine"],
): void {
  if (!MedGemmaError.isInstance(error) || error.code !== "not_enough_memory") return;
  const { available, gpus, gpuTypes, gpuMemoryFree } = error.facts;
  if (typeof available !== "number" || !Array.isArray(gpus)) return;
  const devices = gpus.map(
    (name, index): Gpu => ({
      name: String(name),
      type: String((gpuTypes as readonly string[])[index]),
      memoryFree: Number((gpuMemoryFree as readonly number[])[index]),
    }),
  );
  const machine = { ...readMachine(), memoryAvailable: available };
  const all = { ...options, devices };
  checkPlan(planModel(model, projector, machine, all), model, projector, machine, all);
}
