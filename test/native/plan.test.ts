import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NativeEngine } from "../../src/engine/native/native-engine.js";
import { ProcessEngine } from "../../src/engine/process/process-engine.js";
import { MedGemma } from "../../src/index.js";
import { readMachine } from "../../src/machine/machine.js";
import { inspectModel } from "../../src/models/gguf/inspect.js";
import { planModel } from "../../src/models/plan/plan.js";
import { PHANTOM, picturePath } from "../support/phantom.js";

// .ci/run fetches it and names it here.
const REAL_MODEL = process.env.MEDGEMMA_GEMMA3_270M;
const cases: { name: string; model: string; projector?: string; contextSize?: number; parallel?: number }[] =
  [
    { name: "the phantom", ...PHANTOM },
    { name: "the phantom, small", ...PHANTOM, contextSize: 512, parallel: 1 },
    ...(REAL_MODEL === undefined
      ? []
      : [
          { name: "Gemma 3 270M", model: REAL_MODEL },
          { name: "Gemma 3 270M, long", model: REAL_MODEL, contextSize: 32_768, parallel: 2 },
        ]),
  ];

/** The most that a process had in memory so far, in bytes. Linux tells. */
function peak(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) * 1024;
}

test.runIf(process.platform === "linux").each(cases)(
  "the plan for $name is within 10 % of what the process takes",
  async ({ name: _, ...files }) => {
    const { model, projector, ...options } = files;
    const facts = await inspectModel(model, projector);
    const plan = planModel(facts.model, facts.projector, readMachine(), options);
    const peaks: number[] = [];
    // When Node collects its garbage is chance, and shows in a model of a few megabytes.
    const runs = model === PHANTOM.model ? 5 : 1;
    while (peaks.length < runs) {
      await using medgemma = await MedGemma.load({ ...files, gpu: false });
      const pictures = projector === undefined ? [] : [picturePath("000.png")];
      await medgemma.ask(pictures, "Is there a nodule?", { maxTokens: 8 });
      // Of a model of megabytes, the pages of masks that only a filled context touches are a tenth.
      const words = "heart lung ".repeat(plan.contextSize >> 3);
      if (model === PHANTOM.model) await medgemma.ask([], words, { maxTokens: 4 });
      peaks.push(peak((medgemma.engine as ProcessEngine).pid ?? 0));
      expect(plan.contextSize).toBe(medgemma.info.contextSize);
    }
    const taken = peaks.sort((a, b) => a - b)[runs >> 1] ?? 0;
    const ratio = plan.cpu.total / taken;
    expect(ratio, `${plan.cpu.total} planned, ${taken} taken`).toBeGreaterThan(0.9);
    expect(ratio, `${plan.cpu.total} planned, ${taken} taken`).toBeLessThan(1.1);
  },
);

test.runIf(process.platform === "linux")(
  "many requests at once and a long one do not take much more than the plan",
  async () => {
    const facts = await inspectModel(PHANTOM.model, PHANTOM.projector);
    const { total } = planModel(facts.model, facts.projector, readMachine()).cpu;
    await using medgemma = await MedGemma.load({ ...PHANTOM, gpu: false });
    const ask = (_: unknown, index: number) =>
      medgemma.ask([picturePath("000.png")], `Describe this X-ray. ${index}`, { maxTokens: 32 });
    await Promise.all(Array.from({ length: 8 }, ask));
    await medgemma.ask([], `${"heart lung ".repeat(1000)}?`, { maxTokens: 4 });
    const taken = peak((medgemma.engine as ProcessEngine).pid ?? 0);
    expect(taken, `${total} planned, ${taken} taken`).toBeLessThan(1.15 * total);
  },
);

test("an engine that cannot hold what stays on the CPU refuses, with the figures, in its process too", async () => {
  const parts = { gpuLayers: 0, projectorOnGpu: false, spread: 0, projector: 0, graph: 0 };
  const options = { ...PHANTOM, placements: [{ ...parts, host: 2 ** 50 }] };
  for (const load of [() => NativeEngine.load(options), () => ProcessEngine.load(options)]) {
    await expect(load()).rejects.toMatchObject({
      code: "not_enough_memory",
      facts: { required: 2 ** 50, available: expect.any(Number), gpus: [], gpuMemoryFree: [] },
    });
  }
});
