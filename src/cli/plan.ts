import { EXIT, MedGemmaError } from "../base/errors.js";
import { fileInfo } from "../engine/file-info.js";
import { loadAddon } from "../engine/native/addon.js";
import { selectGpus } from "../engine/native/gpu.js";
import { readMachine } from "../machine/machine.js";
import { type FoundModel, findLocalModel } from "../medgemma/load/find-model.js";
import { resolveLoadOptions } from "../medgemma/load/load-options.js";
import { inspectModel, type ModelInspection } from "../models/gguf/inspect.js";
import { checkPair, hashesNeeded, publishedFiles } from "../models/pair.js";
import type { PlanPart } from "../models/plan/gpu-placement.js";
import { checkPlan, type Plan, planModel } from "../models/plan/plan.js";
import { deepTest } from "./deep/run.js";
import type { Check } from "./self-test.js";
import { note, speak, speakJson } from "./terminal.js";

export interface PlanFlags {
  model: string;
  mmproj?: string | undefined;
  contextSize?: number | undefined;
  parallel?: number | undefined;
  /** Load it too, and ask it what tells whether it is what it says. */
  deep?: boolean | undefined;
  json?: boolean | undefined;
}

/** Prints what a model would take of this machine, with the reasons, without loading it; and with `deep` what it is. */
export async function showPlan(flags: PlanFlags, signal: AbortSignal): Promise<void> {
  const { model, mmproj, contextSize, parallel, json, deep } = flags;
  const options = {
    ...(contextSize !== undefined && { contextSize }),
    ...(parallel !== undefined && { parallel }),
  };
  resolveLoadOptions({ model, ...options });
  const files = await findLocalModel(model, mmproj);
  const facts = await inspectModel(files.model, files.projector);
  await checkFiles(files, facts);
  const machine = readMachine();
  const planOptions = { ...options, devices: gpus() };
  const plan = planModel(facts.model, facts.projector, machine, planOptions);
  const placement = placementOf(plan, facts.model.layers, facts.projector !== undefined);
  let problem: MedGemmaError | undefined;
  try {
    checkPlan(plan, facts.model, facts.projector, machine, planOptions);
  } catch (error) {
    if (!MedGemmaError.isInstance(error)) throw error;
    problem = error;
  }
  const test = () => deepTest(files, facts, (check) => !json && showCheck(check), signal);
  if (json) {
    const { code, message, facts: details } = problem ?? {};
    const document = {
      ...facts,
      machine,
      placement,
      plan,
      ...(problem && { problem: { code, message, facts: details } }),
    };
    const tested = deep && !problem ? await test() : undefined;
    speakJson({ ...document, ...(tested && { deep: tested }) });
    if (tested?.ok === false) process.exitCode = EXIT.unexpected;
  } else {
    const { name, quantization, kind, layers } = facts.model;
    line("model", [name, kind.size, quantization, `${layers} layers`].filter(Boolean).join(", "));
    line("placement", describe(placement));
    show("memory", plan.cpu);
    if (plan.gpu) show("GPU", plan.gpu);
    line("threads", String(plan.threads));
    for (const reason of plan.reasons) line("", reason);
    for (const warning of facts.warnings) line("warning", warning);
    if (problem) note(problem.message);
    else if (deep) {
      const { ok, record } = await test();
      if (record !== undefined) line("kept", "in the models folder, by the files' hashes");
      if (!ok) process.exitCode = EXIT.unexpected;
    }
  }
  if (problem) process.exitCode = EXIT.capacity;
}

/** @throws MedGemmaError `projector_mismatch`, as the load does that knows all hashes. */
async function checkFiles(files: FoundModel, facts: ModelInspection): Promise<void> {
  const published = await publishedFiles();
  const needed = hashesNeeded(facts, published);
  const hash = async (file: string | undefined, wanted: boolean) =>
    file !== undefined && wanted ? (await fileInfo(file)).sha256 : undefined;
  const projector = await hash(files.projector, needed.projector);
  const model = await hash(files.model, needed.model);
  checkPair(facts, { model, projector }, published);
}

/** GPUs that `auto` would use. */
function gpus() {
  try {
    return selectGpus(loadAddon());
  } catch {
    // Without the addon there is no GPU either; plain `doctor` says what is wrong with it.
    return [];
  }
}

/** In the words of `model.info.placement`, which tells the same once the model is loaded. */
function placementOf({ gpuLayers, projectorOnGpu, devices }: Plan, layers: number, projector: boolean) {
  const vision = projectorOnGpu ? "gpu" : "cpu";
  return { gpuLayers, layers: layers + 1, projector: projector ? vision : undefined, gpus: devices };
}

function describe({ gpuLayers, layers, projector, gpus: names }: ReturnType<typeof placementOf>): string {
  const vision = projector && `projector on the ${projector.toUpperCase()}`;
  const where =
    names.length > 0 ? `${gpuLayers} of ${layers} layers on ${names.join(", ")}` : "all on the CPU";
  return [where, names.length > 0 && vision].filter(Boolean).join(", ");
}

function show(name: string, { weights, kvCache, projector, compute, total }: PlanPart): void {
  const parts = Object.entries({ weights, "KV cache": kvCache, projector, compute });
  const list = parts.map(([part, bytes]) => `${part} ${mib(bytes)}`).join(", ");
  line(name, `${mib(total)}: ${list}`);
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

function line(name: string, value: string): void {
  speak(`${name.padEnd(12)}${value}\n`);
}

function showCheck({ name, ok, detail, remedy }: Check): void {
  line(name, `${ok ? "ok" : "FAILED"}  ${detail}`);
  if (remedy !== undefined) line("", remedy);
}
