import { mayHaveGpu } from "../engine/native/gpu.js";
import { inspectModel } from "../models/gguf-inspect.js";
import { readMachine } from "../models/machine.js";
import { checkPlan, type Plan, planModel } from "../models/plan.js";
import type { ResolvedLoadOptions } from "./load-options.js";

/**
 * Reads the files' headers and plans for this machine, before llama.cpp sees either.
 * @returns what to load with.
 * @throws MedGemmaError as `inspectModel`, and `not_enough_memory`.
 */
export async function prepareLoad(
  model: string,
  projector: string | undefined,
  options: ResolvedLoadOptions["engine"],
): Promise<{ threads: number; placements: Plan["placements"]; warnings: readonly string[] }> {
  const facts = await inspectModel(model, projector);
  const machine = readMachine();
  const plan = planModel(facts.model, facts.projector, machine, options);
  // A GPU's memory is known to the engine only; it may hold what does not fit here.
  const gpu = options.gpu !== false && options.gpuLayers !== 0;
  const maybeGpu = gpu && (process.platform === "darwin" || mayHaveGpu("cuda") || mayHaveGpu("vulkan"));
  if (!maybeGpu) checkPlan(plan, facts.model, facts.projector, machine, options);
  return { threads: plan.threads, placements: plan.placements, warnings: facts.warnings };
}
