import { existsSync } from "node:fs";
import { badOption, MedGemmaError } from "../../base/errors.js";
import { choosePlacement, gpusToUse, hostBytes, type Placement } from "../../machine/placement.js";
import { type Addon, gpuLibrary, type NativeDevice } from "./addon.js";

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
 * Loads a backend's library beside the CPU's, in this process for good. `auto` prefers GPUs of their own memory, of CUDA
 * before Vulkan, and takes integrated ones where there is no other.
 * @returns the GPUs that may be used: of one backend, integrated ones only where it has no other.
 * @throws MedGemmaError `gpu_unavailable`: asked for by name, and not there.
 */
export function selectGpus(addon: GpuAddon, gpu: GpuOption = "auto"): NativeDevice[] {
  if (gpu === false) return [];
  if (gpu === "auto") {
    if (process.platform === "darwin") return gpusToUse(addon.devices());
    let integrated: NativeDevice[] = [];
    for (const backend of ["cuda", "vulkan"] as const) {
      const found = mayHaveGpu(backend) ? load(addon, backend) : [];
      if (found.some(({ type }) => type === "gpu")) return found;
      if (integrated.length === 0) integrated = found;
    }
    return integrated;
  }
  const found = load(addon, gpu);
  if (found.length > 0) return found;
  throw new MedGemmaError("gpu_unavailable", `No device of the backend ${gpu} can be used on this machine.`, {
    facts: { gpu },
  });
}

type GpuAddon = Pick<Addon, "devices" | "loadBackend">;

/** What ggml calls the devices of each backend, before their number. */
const NAMES = { cuda: /^CUDA/, vulkan: /^Vulkan/, metal: /^MTL/ };

function load(addon: GpuAddon, gpu: keyof typeof NAMES): NativeDevice[] {
  // Metal is built in.
  if (gpu !== "metal") {
    const file = gpuLibrary(gpu);
    if (file === undefined || !addon.loadBackend(file)) return [];
  }
  // ggml lists a Vulkan made of software only where GGML_VK_VISIBLE_DEVICES names it, as the tests do.
  return gpusToUse(addon.devices().filter(({ name }) => NAMES[gpu].test(name)));
}

/** How the work is shared with the GPUs. */
export interface GpuUse {
  /** -1: all. */
  readonly gpuLayers: number;
  /** Names. */
  readonly devices: readonly string[];
  /** Name of the GPU that the projector goes to; empty: the CPU. */
  readonly projectorDevice: string;
}

/**
 * Without placements, `gpuLayers` and the projector on all of the GPUs.
 * @param available Bytes of the machine's memory that may be taken.
 * @throws MedGemmaError `not_enough_memory`: the machine has not what the placement takes of it.
 */
export function placeModel(
  gpus: readonly NativeDevice[],
  {
    gpuLayers = -1,
    placements = [],
  }: { gpuLayers?: number | undefined; placements?: readonly Placement[] | undefined },
  available: number,
): GpuUse {
  const chosen = choosePlacement(gpus, placements);
  if (!chosen) {
    const devices = gpus.map(({ name }) => name);
    return { gpuLayers: gpus.length === 0 ? 0 : gpuLayers, devices, projectorDevice: devices[0] ?? "" };
  }
  const required = Math.round(hostBytes(chosen));
  if (required > available) {
    throw new MedGemmaError("not_enough_memory", undefined, {
      facts: {
        required,
        available: Math.round(available),
        gpus: gpus.map(({ name }) => name),
        gpuTypes: gpus.map(({ type }) => type),
        gpuMemoryFree: gpus.map(({ memoryFree }) => memoryFree),
      },
    });
  }
  const devices = chosen.gpus.map(({ name }) => name);
  const { placement } = chosen;
  return {
    gpuLayers: placement.gpuLayers,
    devices,
    projectorDevice: (placement.projectorOnGpu && devices[0]) || "",
  };
}
