import { expect, test } from "vitest";
import type { Machine } from "../../../src/machine/machine.js";
import { inspectModel } from "../../../src/models/gguf/inspect.js";
import { checkPlan, planModel } from "../../../src/models/plan/plan.js";
import { PHANTOM } from "../../support/phantom.js";

const { model, projector } = await inspectModel(PHANTOM.model, PHANTOM.projector);
const MACHINE: Machine = {
  physicalCores: 8,
  logicalCores: 16,
  cpuQuota: undefined,
  memoryTotal: 2 ** 34,
  memoryAvailable: 2 ** 33,
  memoryLimit: undefined,
};
/** Large enough that threads are worth choosing. */
const large = { ...model, bytes: 2 ** 31 };

test("threads are physical cores, fewer where a container gives fewer, and one for a small model", () => {
  expect(planModel(large, projector, MACHINE).threads).toBe(8);
  expect(planModel(large, projector, { ...MACHINE, cpuQuota: 2.5 }).threads).toBe(2);
  expect(planModel(large, projector, { ...MACHINE, cpuQuota: 0.5 }).threads).toBe(1);
  expect(planModel(large, projector, MACHINE, { threads: 5 }).threads).toBe(5);
  expect(planModel(model, projector, MACHINE).threads).toBe(1);
});

test("a larger context and more requests take more, the parts are the whole", () => {
  const plan = planModel(model, projector, MACHINE);
  const { weights, kvCache, projector: vision, compute, total } = plan.cpu;
  expect(weights + kvCache + vision + compute).toBe(total);
  expect(planModel(model, projector, MACHINE, { contextSize: 32_768 }).cpu.total).toBeGreaterThan(total);
  expect(planModel(model, undefined, MACHINE).cpu.projector).toBe(0);
});

test("what fits on a GPU goes there, the projector first", () => {
  const on = (memoryFree: number) =>
    planModel(model, projector, MACHINE, { devices: [{ name: "GPU0", type: "gpu", memoryFree }] });
  expect(on(2 ** 34)).toMatchObject({ gpuLayers: model.layers + 1, projectorOnGpu: true });
  expect(on(2 ** 10)).toMatchObject({ gpuLayers: 0, projectorOnGpu: false, gpu: undefined });
  let before = false;
  for (let size = 2 ** 22; size < 2 ** 28; size += 2 ** 20) {
    const plan = on(size);
    expect(plan.gpu?.total ?? 0).toBeLessThanOrEqual(size);
    // Encoding is the dearest part of a question: once it fits it is there, whatever layers it costs.
    if (before) expect(plan.projectorOnGpu).toBe(true);
    before = plan.projectorOnGpu;
  }
  expect(
    planModel(model, projector, MACHINE, {
      devices: [{ name: "G", type: "gpu", memoryFree: 2 ** 34 }],
      gpuLayers: 2,
    }),
  ).toMatchObject({ gpuLayers: 2, devices: ["G"] });
  expect(planModel(model, projector, MACHINE, { gpuLayers: 2 })).toMatchObject({
    gpuLayers: 0,
    gpu: undefined,
  });
});

test("what goes to a GPU of its own memory is not taken of the machine's, what goes to an integrated one is", () => {
  const on = (type: string) =>
    planModel(model, projector, MACHINE, { devices: [{ name: "GPU0", type, memoryFree: 2 ** 34 }] });
  const [discrete, integrated] = [on("gpu"), on("igpu")];
  expect(discrete.required).toBe(discrete.cpu.total);
  expect(discrete.required).toBeLessThan(planModel(model, projector, MACHINE).required);
  expect(integrated.required).toBe(integrated.cpu.total + (integrated.gpu?.total ?? 0));
});

test("too little memory is refused with what would fit, and that fits", () => {
  const options = { contextSize: 1 << 20 };
  const { total } = planModel(model, projector, MACHINE).cpu;
  const machine = { ...MACHINE, memoryAvailable: Math.ceil(total * 1.1) };
  const plan = planModel(model, projector, machine, options);
  let facts: Record<string, unknown> = {};
  try {
    checkPlan(plan, model, projector, machine, options);
  } catch (error) {
    facts = (error as { facts: typeof facts }).facts;
    expect(error).toMatchObject({ code: "not_enough_memory" });
  }
  const { contextSize, parallel } = facts as { contextSize: number; parallel: number };
  expect(planModel(model, projector, machine, { contextSize, parallel }).fits).toBe(true);
  expect(planModel(model, projector, machine, { contextSize: contextSize + 2048, parallel }).fits).toBe(
    false,
  );
  const none = { ...MACHINE, memoryAvailable: 2 ** 20 };
  expect(() => checkPlan(planModel(model, projector, none), model, projector, none)).toThrow(/No smaller/);
});
