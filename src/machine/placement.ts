/** A GPU as the engine lists it. */
export interface Gpu {
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly memoryFree: number;
}

/** One way to share a model between GPUs and CPU, and the bytes that it takes of each. */
export interface Placement {
  /** Of the model's layers and its output, from the output backwards. */
  readonly gpuLayers: number;
  readonly projectorOnGpu: boolean;
  /** Weights and cache of those layers, spread over the GPUs as they have memory free. */
  readonly spread: number;
  /** The projector with its buffers, on one of them. */
  readonly projector: number;
  /** Buffers of the graph, on each of them. */
  readonly graph: number;
  /** Memory of the machine itself. */
  readonly host: number;
  /** Taken although it does not fit: the caller insists. Defaults to false. */
  readonly insisted?: boolean | undefined;
}

/** Of a GPU's free memory: the driver takes some, and buffers are padded. */
export const USABLE = 0.9;

/**
 * The GPUs that a model is put on, as llama.cpp decides: integrated ones only where there is no other. Beside a GPU of
 * its own memory they are slower than it and as scarce of memory as the CPU.
 */
export function gpusToUse<Device extends Pick<Gpu, "type">>(devices: readonly Device[]): Device[] {
  const discrete = devices.filter(({ type }) => type === "gpu");
  return discrete.length > 0 ? discrete : devices.filter(({ type }) => type === "igpu");
}

/** Whether what lies on these GPUs lies in the machine's own memory. */
export function sharesMemory(gpus: readonly Gpu[], architecture: string = process.arch): boolean {
  const shared = ({ name, type }: Gpu) =>
    type === "igpu" || (name.startsWith("MTL") && architecture === "arm64");
  return gpus.length > 0 && gpus.every(shared);
}

/** What was decided: a placement, and the GPUs that it uses, the one with the most free memory first. */
export interface Chosen<Device extends Gpu, Way extends Placement> {
  readonly placement: Way;
  readonly gpus: readonly Device[];
}

/**
 * The first placement that the GPUs have room for; a small GPU is left out where the larger ones alone have it.
 * @param placements The best first; the last is the one without a GPU.
 * @returns undefined when there are no placements.
 */
export function choosePlacement<Device extends Gpu, Way extends Placement>(
  devices: readonly Device[],
  placements: readonly Way[],
): Chosen<Device, Way> | undefined {
  const last = placements.at(-1);
  if (!last) return undefined;
  const sorted = [...devices].sort((a, b) => b.memoryFree - a.memoryFree);
  if (sorted.length === 0) return { placement: last, gpus: [] };
  for (const placement of placements) {
    if (placement.gpuLayers === 0 && !placement.projectorOnGpu) return { placement, gpus: [] };
    const most = placement.gpuLayers === 0 ? 1 : sorted.length;
    for (let count = most; count > 0; count--) {
      const gpus = sorted.slice(0, count);
      if (fits(gpus, placement)) return { placement, gpus };
    }
    if (placement.insisted) return { placement, gpus: sorted.slice(0, most) };
  }
  return { placement: last, gpus: [] };
}

/** llama.cpp spreads layers by free memory; the projector goes to the GPU that has the most. */
function fits(gpus: readonly Gpu[], { spread, projector, graph }: Placement): boolean {
  const usable = gpus.map(({ memoryFree }) => USABLE * memoryFree);
  const total = usable.reduce((sum, bytes) => sum + bytes, 0);
  return usable.every(
    (bytes, index) => bytes - (spread * bytes) / total >= graph + (index === 0 ? projector : 0),
  );
}

/** Memory of the machine itself that it takes, in bytes. */
export function hostBytes({ placement, gpus }: Chosen<Gpu, Placement>): number {
  const { host, spread, projector, graph } = placement;
  return sharesMemory(gpus) ? host + spread + projector + gpus.length * graph : host;
}
