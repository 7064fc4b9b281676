import { existsSync } from "node:fs";
import { badOption, MedGemmaError } from "../../errors.js";
import { type Addon, gpuLibrary } from "./addon.js";

/** `false` keeps all on the CPU; `auto` takes a GPU where there is one. */
export type GpuOption = "auto" | "cuda" | "vulkan" | "metal" | false;

const OPTIONS: readonly unknown[] = ["auto", "cuda", "vulkan", "metal", false];

/** @throws MedGemmaError `bad_option`. */
export function checkGpuOption(value: unknown): asserts value is GpuOption | undefined {
  if (value !== undefined && !OPTIONS.includes(value))
    throw badOption("gpu", '"auto", "cuda", "vulkan", "metal" or false', value);
}

/** Device files of graphics drivers. Without one no library is loaded: a Vulkan made of software is slower than the CPU. */
const DRIVERS = {
  cuda: ["/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"],
  vulkan: ["/dev/dri/renderD128", "/dev/dri/renderD129", "/dev/dxg"],
} as const;

/** Mesa's and Google's devices without hardware, by their descriptions. */
const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader/i;

/** Whether `auto` may find a GPU here. Windows does not tell by files. */
export function mayHaveGpu(gpu: "cuda" | "vulkan"): boolean {
  if (gpuLibrary(gpu) === undefined) return false;
  return process.platform === "win32" || DRIVERS[gpu].some((file) => existsSync(file));
}

/**
 * Loads the backend's library beside the CPU's, in this process for good.
 * @returns the native name of what may be used.
 * @throws MedGemmaError `gpu_unavailable`: asked for by name, and not there.
 */
export function selectGpu(addon: Addon, gpu: GpuOption = "auto"): string {
  if (gpu === false) return "none";
  if (gpu === "metal" || (gpu === "auto" && process.platform === "darwin")) return gpu;
  if (gpu !== "auto") {
    if (load(addon, gpu)) return gpu;
    throw new MedGemmaError(
      "gpu_unavailable",
      `No device of the backend ${gpu} can be used on this machine.`,
      {
        facts: { gpu },
      },
    );
  }
  return (["cuda", "vulkan"] as const).find((it) => mayHaveGpu(it) && load(addon, it)) ?? "none";
}

function load(addon: Addon, gpu: "cuda" | "vulkan"): boolean {
  const file = gpuLibrary(gpu);
  if (file === undefined || !addon.loadBackend(file)) return false;
  const name = gpu === "cuda" ? /^CUDA/ : /^Vulkan/;
  const devices = addon.devices().filter((device) => name.test(device.name));
  // A Vulkan made of software is slower than the CPU, and llama.cpp's picture prompts crash on Mesa's (lavapipe).
  return devices.some((device) => !SOFTWARE.test(device.description));
}
