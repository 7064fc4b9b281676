import { expect, test } from "vitest";
import { choosePlacement, gpusToUse, hostBytes, sharesMemory } from "../../../src/machine/placement.js";

const gpu = (memoryFree: number, name = "Vulkan0", type = "gpu") => ({ name, type, memoryFree });
const placements = [
  { gpuLayers: 35, projectorOnGpu: true, spread: 81, projector: 0, graph: 9, host: 10 },
  { gpuLayers: 20, projectorOnGpu: true, spread: 45, projector: 0, graph: 9, host: 60 },
  { gpuLayers: 0, projectorOnGpu: false, spread: 0, projector: 0, graph: 0, host: 100 },
];

test.each([
  [[100], 35],
  [[99], 20],
  [[55, 55], 35],
  [[54, 54], 20],
  [[59], 0],
  [[5], 0],
])("with %o bytes free %i layers go to the GPUs", (free, gpuLayers) => {
  const devices = free.map((bytes) => gpu(bytes));
  expect(choosePlacement(devices, placements)?.placement.gpuLayers).toBe(gpuLayers);
});

test("a GPU that has not even room for the graph is left out", () => {
  const chosen = choosePlacement([gpu(9, "small"), gpu(100, "large")], placements);
  expect(chosen?.placement.gpuLayers).toBe(35);
  expect(chosen?.gpus.map(({ name }) => name)).toEqual(["large"]);
});

test("the projector must have room on one GPU, the one with the most memory", () => {
  const vision = [
    { ...placements[0], spread: 0, projector: 80, graph: 0 },
    placements[2],
  ] as typeof placements;
  expect(choosePlacement([gpu(60), gpu(60)], vision)?.placement.gpuLayers).toBe(0);
  const chosen = choosePlacement([gpu(30, "a"), gpu(90, "b")], vision);
  expect(chosen?.placement.gpuLayers).toBe(35);
  expect(chosen?.gpus[0]?.name).toBe("b");
});

test("what the caller insists on is taken without room, and what is without a GPU where there is none", () => {
  const insisted = [{ ...placements[0], insisted: true }, placements[2]] as typeof placements;
  expect(choosePlacement([gpu(1)], insisted)?.placement.gpuLayers).toBe(35);
  expect(choosePlacement([], insisted)).toMatchObject({ placement: { gpuLayers: 0 }, gpus: [] });
  expect(choosePlacement([gpu(1)], [])).toBeUndefined();
});

test("integrated GPUs are used where there is no other", () => {
  const [discrete, integrated] = [gpu(1, "Vulkan0"), gpu(9, "Vulkan1", "igpu")];
  const cpu = gpu(9, "CPU", "cpu");
  expect(gpusToUse([cpu, integrated, discrete])).toEqual([discrete]);
  expect(gpusToUse([cpu, integrated])).toEqual([integrated]);
  expect(gpusToUse([cpu])).toEqual([]);
});

test("what is on an integrated GPU, or on Apple's, is in the machine's memory", () => {
  const [placement] = placements;
  if (!placement) throw new Error("no placement");
  expect(hostBytes({ placement, gpus: [gpu(100)] })).toBe(10);
  expect(hostBytes({ placement, gpus: [gpu(100, "Vulkan0", "igpu")] })).toBe(100);
  expect(sharesMemory([gpu(1, "MTL0")], "arm64")).toBe(true);
  expect(sharesMemory([gpu(1, "MTL0")], "x64")).toBe(false);
  expect(sharesMemory([], "arm64")).toBe(false);
});
