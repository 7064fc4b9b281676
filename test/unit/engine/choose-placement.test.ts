import { expect, test } from "vitest";
import type { Addon } from "../../../src/engine/native/addon.js";
import { choosePlacement } from "../../../src/engine/native/gpu.js";

const device = (memoryFree: number) => ({ name: "Vulkan0", description: "", type: "gpu", memoryFree });
const addon = (...free: number[]) =>
  ({ devices: () => free.map(device) }) as unknown as Pick<Addon, "devices">;
const placements = [
  { gpuLayers: 35, projectorOnGpu: true, needs: 100, needsPerDevice: 10 },
  { gpuLayers: 20, projectorOnGpu: true, needs: 60, needsPerDevice: 10 },
  { gpuLayers: 0, projectorOnGpu: false, needs: 0, needsPerDevice: 0 },
];

test.each([
  [[110], 35],
  [[109], 20],
  [[60, 60], 35],
  [[55, 55], 20],
  [[5], 0],
])("with %o bytes free %i layers go to the GPUs", (free, gpuLayers) => {
  expect(choosePlacement(addon(...free), "vulkan", { placements })).toMatchObject({ gpuLayers });
});

test("without a GPU or a list the caller's wish is passed on", () => {
  const wish = { gpuLayers: 7, placements };
  expect(choosePlacement(addon(), "vulkan", wish)).toEqual({ gpuLayers: 7, projectorOnGpu: true });
  expect(choosePlacement(addon(10), "none", wish)).toEqual({ gpuLayers: 7, projectorOnGpu: true });
  expect(choosePlacement(addon(10), "vulkan", {})).toEqual({ gpuLayers: -1, projectorOnGpu: true });
});
