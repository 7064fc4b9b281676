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

/** Device files of graphics drivers. Without one `auto` loads no library: a Vulkan made of software is slower than the CPU. */
const DRIVERS = {
  cuda: ["/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg"],
  vulkan: ["/dev/dri/renderD128", "/dev/dri/renderD129", "/dev/dxg"],
} as const;

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
  // ggml lists a Vulkan made of software only where GGML_VK_VISIBLE_DEVICES names it, as the tests do.
  return addon.devices().some((device) => name.test(device.name));
}

/** One way to share the work with GPUs. */
export interface Placement {
  readonly gpuLayers: number;
  readonly projectorOnGpu: boolean;
  /** Free bytes that all GPUs together must have, and for each of them in addition. */
  readonly needs: number;
  readonly needsPerDevice: number;
}

/** The first that the GPUs in use have room for, else the last. Without a list, `gpuLayers` and the projector. */
export function choosePlacement(
  addon: Pick<Addon, "devices">,
  gpu: string,
  { gpuLayers, placements = [] }: { gpuLayers?: number; placements?: readonly Placement[] },
): { gpuLayers: number; projectorOnGpu: boolean } {
  const devices = gpu === "none" ? [] : addon.devices().filter(({ type }) => type === "gpu");
  const last = placements.at(-1);
  if (devices.length === 0 || !last) return { gpuLayers: gpuLayers ?? -1, projectorOnGpu: true };
  const free = devices.reduce((sum, { memoryFree }) => sum + memoryFree, 0);
  const fits = ({ needs, needsPerDevice }: Placement) => needs + devices.length * needsPerDevice <= free;
  const { gpuLayers: layers, projectorOnGpu } = placements.find(fits) ?? last;
  return { gpuLayers: layers, projectorOnGpu };
}
