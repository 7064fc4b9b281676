import { expect, test } from "vitest";
import type { Addon } from "../../../src/engine/native/addon.js";
import { gpuLibrary } from "../../../src/engine/native/addon.js";
import { selectGpu } from "../../../src/engine/native/gpu.js";

/** An addon whose Vulkan library shows one device. */
function addonWith(description: string): Addon {
  const device = { name: "Vulkan0", description, type: "gpu", memoryFree: 1e9, memoryTotal: 1e9 };
  return { loadBackend: () => true, devices: () => [device] } as unknown as Addon;
}

test("false keeps the CPU", () => {
  expect(selectGpu(addonWith("Radeon"), false)).toBe("none");
});

test("a library that shows no device is refused by name", () => {
  const none = { loadBackend: () => true, devices: () => [] } as unknown as Addon;
  expect(() => selectGpu(none, "vulkan")).toThrow(expect.objectContaining({ code: "gpu_unavailable" }));
});

test("a Vulkan device is taken where npm installed the library", () => {
  const select = () => selectGpu(addonWith("AMD Radeon RX 7600"), "vulkan");
  if (gpuLibrary("vulkan") === undefined)
    expect(select).toThrow(expect.objectContaining({ code: "gpu_unavailable" }));
  else expect(select()).toBe("vulkan");
});
