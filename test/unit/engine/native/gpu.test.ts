import { describe, expect, test } from "vitest";
import type { Addon, NativeDevice } from "../../../../src/engine/native/addon.js";
import { gpuLibrary } from "../../../../src/engine/native/addon.js";
import { placeModel, selectGpus } from "../../../../src/engine/native/gpu.js";

const device = (name: string, type: NativeDevice["type"] = "gpu", memoryFree = 1e9): NativeDevice => ({
  name,
  description: "Radeon",
  type,
  memoryFree,
  memoryTotal: 1e9,
});
/** An addon whose libraries can be loaded and show these devices. */
const addonWith = (...devices: NativeDevice[]): Pick<Addon, "devices" | "loadBackend"> => ({
  loadBackend: () => true,
  devices: () => [device("CPU", "cpu"), ...devices],
});
const names = (devices: readonly NativeDevice[]) => devices.map(({ name }) => name);

describe("which GPUs", () => {
  test("false keeps the CPU", () => {
    expect(selectGpus(addonWith(device("Vulkan0")), false)).toEqual([]);
  });

  test("a library that shows no device is refused by name", () => {
    for (const gpu of ["vulkan", "metal"] as const)
      expect(() => selectGpus(addonWith(), gpu)).toThrow(
        expect.objectContaining({ code: "gpu_unavailable" }),
      );
  });

  test("a Vulkan device is taken where npm installed the library", () => {
    const select = () => selectGpus(addonWith(device("Vulkan0")), "vulkan");
    if (gpuLibrary("vulkan") === undefined)
      expect(select).toThrow(expect.objectContaining({ code: "gpu_unavailable" }));
    else expect(names(select())).toEqual(["Vulkan0"]);
  });

  test("an integrated one is left out beside another, and another backend's always", () => {
    const [integrated, discrete] = [device("MTL0", "igpu"), device("MTL1")];
    expect(names(selectGpus(addonWith(integrated, discrete), "metal"))).toEqual(["MTL1"]);
    expect(names(selectGpus(addonWith(integrated, device("Vulkan0")), "metal"))).toEqual(["MTL0"]);
  });
});

describe("how they are used", () => {
  const cpuOnly = { gpuLayers: 0, projectorOnGpu: false, spread: 0, projector: 0, graph: 0, host: 1000 };
  const placements = [
    { gpuLayers: 7, projectorOnGpu: true, spread: 5e8, projector: 1e8, graph: 1e6, host: 100 },
    cpuOnly,
  ];

  test("layers and projector go where there is room", () => {
    const use = placeModel([device("Vulkan0", "gpu", 1e8), device("Vulkan1")], { placements }, 1000);
    expect(use).toEqual({ gpuLayers: 7, devices: ["Vulkan1", "Vulkan0"], projectorDevice: "Vulkan1" });
    expect(placeModel([], { placements }, 1000)).toEqual({ gpuLayers: 0, devices: [], projectorDevice: "" });
  });

  test("without placements the caller's wish is passed on, where there is a GPU", () => {
    const use = { gpuLayers: 7, devices: ["Vulkan0"], projectorDevice: "Vulkan0" };
    expect(placeModel([device("Vulkan0")], { gpuLayers: 7 }, 0)).toEqual(use);
    expect(placeModel([device("Vulkan0")], {}, 0)).toEqual({ ...use, gpuLayers: -1 });
    expect(placeModel([], { gpuLayers: 7 }, 0)).toMatchObject({ gpuLayers: 0, devices: [] });
  });

  test("what stays on the CPU must have room there", () => {
    const small = [device("Vulkan0", "gpu", 1e6)];
    expect(() => placeModel([device("Vulkan0")], { placements }, 100)).not.toThrow();
    for (const gpus of [small, []]) {
      expect(() => placeModel(gpus, { placements }, 999)).toThrow(
        expect.objectContaining({
          code: "not_enough_memory",
          facts: expect.objectContaining({ required: 1000, available: 999, gpus: names(gpus) }),
        }),
      );
    }
    const integrated = [device("Vulkan0", "igpu")];
    expect(() => placeModel(integrated, { placements }, 5e8)).toThrow(
      expect.objectContaining({ code: "not_enough_memory" }),
    );
  });
});
